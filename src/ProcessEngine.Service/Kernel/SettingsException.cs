namespace ProcessEngine.Service.Kernel;

/// <summary>A setting with which the service does not start. Its message is one sentence for whoever runs it.</summary>
/// <param name="setting">With its sections: <c>ProcessEngine:Database:Provider</c>.</param>
/// <param name="fault">The rest of the sentence, without its full stop.</param>
public sealed class SettingsException(string setting, string fault) : Exception($"{setting} {fault}.")
{
    /// <summary>EX_CONFIG of sysexits.h: to start it again would not help.</summary>
    public const int ExitCode = 78;
}
