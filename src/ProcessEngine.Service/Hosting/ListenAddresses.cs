using System.Net;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Hosting;

/// <summary>
/// Where the service listens. The server takes a name that it does not know for every address of the machine: a slip of the hand would open
/// it to the network.
/// </summary>
public static class ListenAddresses
{
    /// <exception cref="SettingsException">One is no address, or names no address of this machine.</exception>
    public static void Refuse(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                throw new SettingsException("--urls", $"must be addresses such as http://localhost:5000, not \"{url}\"");
            }

            if (address.Scheme is not ("http" or "https"))
                throw new SettingsException("--urls", $"must be addresses such as http://localhost:5000, not \"{url}\"");
            var known = address.IsUnixPipe || address.Host is "*" or "+" or "localhost";
            if (!known && !IPAddress.TryParse(address.Host.Trim('[', ']'), out _))
                throw new SettingsException(
                    "--urls",
                    $"listens on localhost, on an IP address, or on every one (*); \"{address.Host}\" would be taken for every one");
        }
    }
}
