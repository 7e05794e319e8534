namespace ProcessEngine.Service.Identity;

/// <summary>What a browser says it is, in a few words that its owner recognises. Nothing rests on it.</summary>
public static class Device
{
    public static string Of(string userAgent)
    {
        ArgumentNullException.ThrowIfNull(userAgent);
        // The order matters: most browsers also call themselves by the names of older ones.
        var browser = First(
            userAgent, ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"));
        var system = First(
            userAgent, ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
            ("Linux", "Linux"));
        return browser is null && system is null ? "?" : string.Join(" · ", new[] { browser, system }.OfType<string>());
    }

    static string? First(string text, params (string Mark, string Name)[] names)
    {
        foreach (var (mark, name) in names)
        {
            if (text.Contains(mark, StringComparison.OrdinalIgnoreCase))
                return name;
        }

        return null;
    }
}
