namespace Internal.Runtime.CompilerHelpers;

/// <summary>ilc wants the class for programs that it starts itself. A kernel starts itself.</summary>
internal static class StartupCodeHelpers;
