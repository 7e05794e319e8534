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

/// <summary>All its versions are retired.</summary>
public sealed record DefinitionRetired(string Key) : Rejection;

/// <summary>Somebody saved the draft in the meantime.</summary>
public sealed record DraftChanged(string Key, int Expected, int Actual) : Rejection;

/// <summary>It could leave a case stuck, or says something that cannot be run.</summary>
public sealed record DefinitionUnsound(string Key, IReadOnlyList<ProcessEngine.Core.Definitions.Finding> Findings) : Rejection;

public sealed record MigrationNotFound(Guid Id) : Rejection;

/// <summary>As much as it can do at once is being done; try again.</summary>
public sealed record Busy : Rejection;
