namespace ProcessEngine.Service.Web;

/// <summary>An address with those of its parameters that say something.</summary>
public static class PageLink
{
    public static string To(string path, params (string Name, string? Value)[] query)
    {
        ArgumentNullException.ThrowIfNull(query);
        return path + QueryString.Create(query.Where(q => q.Value is not null).Select(q => KeyValuePair.Create(q.Name, q.Value)));
    }
}
