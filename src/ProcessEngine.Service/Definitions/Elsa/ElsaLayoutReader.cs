using System.Text.Json;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>Reads where the boxes and lines of a definition stand, as Studio keeps it.</summary>
public static class ElsaLayoutReader
{
    const int Columns = 5;
    const double ColumnWidth = 450;
    const double RowHeight = 280;
    const double UsualWidth = 300;

    /// <param name="content">A definition that was accepted. A box without a place stands where there is room.</param>
    public static FlowLayout Read(string content)
    {
        ArgumentNullException.ThrowIfNull(content);
        using var document = JsonDocument.Parse(content);
        var file = document.RootElement;
        var root = Field(file, "root");
        var boxes = Items(root, "activities").Select(ReadBox).ToDictionary(b => b.Id, StringComparer.Ordinal);
        return new FlowLayout(boxes, [.. Items(root, "connections").Select(ReadLine)]);
    }

    static FlowBox ReadBox(JsonElement activity, int index)
    {
        var designer = Field(Field(activity, "metadata"), "designer");
        var (position, size) = (Field(designer, "position"), Field(designer, "size"));
        var (width, height) = (Number(size, "width") ?? UsualWidth, Number(size, "height") ?? 0);
        var id = Text(activity, "id") ?? "";
        return new FlowBox(
            id,
            Text(Field(activity, "metadata"), "displayText") ?? Text(activity, "nameTh") ?? Text(activity, "name") ?? id,
            (Number(position, "x") ?? index % Columns * ColumnWidth) + (width / 2),
            (Number(position, "y") ?? index / Columns * RowHeight) + (height / 2),
            width);
    }

    static FlowLine ReadLine(JsonElement connection)
    {
        var (source, target) = (Field(connection, "source"), Field(connection, "target"));
        var (from, port) = (Text(source, "activity") ?? "", Text(source, "port") ?? Core.Definitions.Ports.Done);
        return new FlowLine(
            from, port, Text(target, "activity") ?? "",
            [.. Items(connection, "vertices").Select(v => new FlowPoint(Number(v, "x") ?? 0, Number(v, "y") ?? 0))]);
    }

    static JsonElement Field(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) ? value : default;

    static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        Field(of, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    static string? Text(JsonElement of, string name) =>
        Field(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static double? Number(JsonElement of, string name) =>
        Field(of, name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
}
