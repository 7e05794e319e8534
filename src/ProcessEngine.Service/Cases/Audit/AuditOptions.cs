namespace ProcessEngine.Service.Cases.Audit;

/// <summary>Section <c>ProcessEngine:Audit</c>.</summary>
public sealed record AuditOptions
{
    /// <summary>
    /// The RSA key that signs anchors (PEM), outside the database. Default: <c>anchor-key.pem</c> in the data folder, made when the first
    /// anchor is. Nodes of one database share one.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>Ids of other keys whose signatures count, with commas between: those of before.</summary>
    public string TrustedKeys { get; init; } = "";

    /// <summary>Where each anchor is written besides the database. Default: <c>anchors</c> in the data folder.</summary>
    public string? AnchorFolder { get; init; }
}
