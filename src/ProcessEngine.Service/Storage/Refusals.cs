using ProcessEngine.Core.Instances;

namespace ProcessEngine.Service.Storage;

// What the shell refuses before the core is asked. Facts only; Http/Problems.cs has the words.

public sealed record InstanceNotFound(Guid InstanceId) : Rejection;

public sealed record TaskNotFound(Guid TaskId) : Rejection;

public sealed record DefinitionNotFound(string Key) : Rejection;

public sealed record OfficeNotFound(string Code, string Field) : Rejection;

public sealed record UserNotFound(string User, string Field) : Rejection;

/// <summary>The same Idempotency-Key came with another request.</summary>
public sealed record IdempotencyKeyReused(string Key) : Rejection;

/// <summary>Too many others changed the same case at once; nothing was stored.</summary>
public sealed record TooManyConflicts : Rejection;

public sealed record AlreadyExists(string Field, string Value) : Rejection;
