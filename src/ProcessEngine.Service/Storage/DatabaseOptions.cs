
namespace ProcessEngine.Service.Storage;

/// <summary>Where the cases are kept. Section <c>ProcessEngine:Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary><c>sqlite</c> (default: one node, a file in the data folder) or <c>postgresql</c> (several nodes).</summary>
    public string Provider { get; init; } = "sqlite";

    /// <summary>Required for <c>postgresql</c>; for <c>sqlite</c> the default is <c>processengine.db</c> in the data folder.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Connections to PostgreSQL at most. More than a few for each core of the database makes everybody slower.</summary>
    public int MaxConnections { get; init; } = 24;
}
