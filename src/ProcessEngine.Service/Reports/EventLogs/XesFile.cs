using System.Globalization;
using System.Text;
using System.Xml;
using ProcessEngine.Core.Calendar;

namespace ProcessEngine.Service.Reports.EventLogs;

/// <summary>An event log as XES (IEEE 1849-2016): a trace a case, written as it is read.</summary>
public static class XesFile
{
    const string Namespace = "http://www.xes-standard.org/";

    static readonly (string Name, string Prefix, string Address)[] Extensions =
    [
        ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
        ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
        ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
        ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ];

    public static async Task WriteAsync(
        Stream into, EventLog log, string office, DateTimeOffset begins, DateTimeOffset ends, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(log);
        var settings = new XmlWriterSettings { Async = true, Encoding = new UTF8Encoding(false), Indent = true, CloseOutput = false };
        await using var xml = XmlWriter.Create(into, settings);
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, "log", Namespace);
        // A decimal by the published schema: 2.0 is what became IEEE 1849-2016.
        await xml.WriteAttributeStringAsync(null, "xes.version", null, "2.0");
        await xml.WriteAttributeStringAsync(null, "xes.features", null, "");
        foreach (var (name, prefix, address) in Extensions)
            await ElementAsync(xml, "extension", ("name", name), ("prefix", prefix), ("uri", address));
        await GlobalAsync(xml, "trace", ("concept:name", "string", ""));
        await GlobalAsync(
            xml, "event", ("concept:name", "string", ""), ("lifecycle:transition", "string", "complete"),
            ("time:timestamp", "date", "1970-01-01T00:00:00.000+00:00"));
        await ElementAsync(xml, "classifier", ("name", "Activity"), ("scope", "event"), ("keys", "concept:name"));
        await ElementAsync(xml, "string", ("key", "concept:name"), ("value", office));
        await ElementAsync(xml, "string", ("key", "lifecycle:model"), ("value", "standard"));
        await foreach (var one in log.CasesAsync(office, begins, ends, ct))
            await TraceAsync(xml, one, await log.EventsAsync(one.Id, ct));
        await xml.WriteEndElementAsync();
        await xml.WriteEndDocumentAsync();
    }

    static async Task TraceAsync(XmlWriter xml, LoggedCase one, IReadOnlyList<LoggedEvent> events)
    {
        await xml.WriteStartElementAsync(null, "trace", Namespace);
        await ElementAsync(xml, "string", ("key", "concept:name"), ("value", one.Id.ToString()));
        await ElementAsync(xml, "string", ("key", "definition"), ("value", one.DefinitionKey));
        await ElementAsync(
            xml, "int", ("key", "definitionVersion"), ("value", one.DefinitionVersion.ToString(CultureInfo.InvariantCulture)));
        await ElementAsync(xml, "string", ("key", "status"), ("value", one.Status));
        foreach (var e in events)
        {
            await xml.WriteStartElementAsync(null, "event", Namespace);
            await ElementAsync(xml, "string", ("key", "concept:name"), ("value", e.Activity));
            await ElementAsync(xml, "string", ("key", "lifecycle:transition"), ("value", e.Lifecycle));
            await ElementAsync(xml, "date", ("key", "time:timestamp"), ("value", Time(e.At)));
            if (e.Resource is not null)
                await ElementAsync(xml, "string", ("key", "org:resource"), ("value", e.Resource));
            await ElementAsync(xml, "string", ("key", "kind"), ("value", e.Kind));
            await xml.WriteEndElementAsync();
        }

        await xml.WriteEndElementAsync();
    }

    static async Task GlobalAsync(XmlWriter xml, string scope, params (string Key, string Type, string Value)[] attributes)
    {
        await xml.WriteStartElementAsync(null, "global", Namespace);
        await xml.WriteAttributeStringAsync(null, "scope", null, scope);
        foreach (var (key, type, value) in attributes)
            await ElementAsync(xml, type, ("key", key), ("value", value));
        await xml.WriteEndElementAsync();
    }

    static async Task ElementAsync(XmlWriter xml, string name, params (string Name, string Value)[] attributes)
    {
        await xml.WriteStartElementAsync(null, name, Namespace);
        foreach (var (attribute, value) in attributes)
            await xml.WriteAttributeStringAsync(null, attribute, null, value);
        await xml.WriteEndElementAsync();
    }

    internal static string Time(DateTimeOffset at) =>
        at.ToOffset(BangkokTime.Offset).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
}
