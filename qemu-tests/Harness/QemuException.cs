using System;

namespace CosmosVm.QemuTests.Harness;

/// <summary>
/// The machine didn't do what the test waited for. The message has what was waited for, the command line of QEMU and the
/// end of the serial log.
/// </summary>
public sealed class QemuException(string message, Exception? inner = null) : Exception(message, inner);
