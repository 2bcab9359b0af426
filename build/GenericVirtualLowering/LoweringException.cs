using System;

namespace CosmosVm.GenericVirtualLowering;

/// <summary>A program that the tool can't lower; the message names the method and says why.</summary>
public sealed class LoweringException(string message) : Exception(message);
