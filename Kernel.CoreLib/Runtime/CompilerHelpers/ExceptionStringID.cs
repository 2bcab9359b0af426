namespace Internal.Runtime.CompilerHelpers;

/// <summary>The loader's texts. ilc wants the type; nothing uses its values here.</summary>
internal enum ExceptionStringID
{
    None,
}
