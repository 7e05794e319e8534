namespace ProcessEngine.Service.Hosting;

/// <summary><c>alive &lt;address&gt;</c>: whether a service answers there.</summary>
public static class Alive
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <returns>The exit code: 0 when it does, 1 when it does not.</returns>
    public static async Task<int> AskAsync(string address)
    {
        using var http = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(new Uri($"{address.TrimEnd('/')}/health/live"));
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
