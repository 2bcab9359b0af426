// ilc finds MethodTable by this namespace.
global using Internal.Runtime;
