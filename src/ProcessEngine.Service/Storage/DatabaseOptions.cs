using System.ComponentModel.DataAnnotations;

namespace ProcessEngine.Service.Storage;

/// <summary>Where the cases are kept. Section <c>ProcessEngine:Database</c>.</summary>
public sealed record DatabaseOptions : IValidatableObject
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";

    /// <summary><c>sqlite</c> (default: one node, a file in the data folder) or <c>postgresql</c> (several nodes).</summary>
    [AllowedValues(Sqlite, PostgreSql, ErrorMessage = "must be sqlite or postgresql")]
    public string Provider { get; init; } = Sqlite;

    /// <summary>Required for <c>postgresql</c>; for <c>sqlite</c> the default is <c>processengine.db</c> in the data folder.</summary>
    [DataType(DataType.Password)]
    public string? ConnectionString { get; init; }

    /// <summary>Connections to PostgreSQL, 2 to 500. More than a few for each core of the database make everybody slower.</summary>
    [Range(2, 500, ErrorMessage = "must be between {1} and {2}")]
    public int MaxConnections { get; init; } = 24;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider == PostgreSql && string.IsNullOrWhiteSpace(ConnectionString))
            yield return new ValidationResult("is required for postgresql", [nameof(ConnectionString)]);
    }
}
