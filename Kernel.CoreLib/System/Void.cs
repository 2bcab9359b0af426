namespace System;

/// <summary>The type of nothing: what a method without a result returns.</summary>
public struct Void;
