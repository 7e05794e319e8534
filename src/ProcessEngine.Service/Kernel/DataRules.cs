using System.Text.Json;
using FluentValidation;

namespace ProcessEngine.Service.Kernel;

public static class DataRules
{
    const int MaxFields = 100;

    /// <summary>Case data: an object with a bounded number of well-named fields, bounded in size.</summary>
    public static void Data<T>(this IRuleBuilder<T, JsonElement?> rule) =>
        rule.Must(data => data is null or { ValueKind: JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined })
            .Says("ต้องเป็นออบเจกต์ JSON", "It must be a JSON object.")
            .Must(data => data is not { ValueKind: JsonValueKind.Object } fields
                || (fields.EnumerateObject().Count() <= MaxFields && fields.GetRawText().Length <= ValidationRules.DataLength))
            .Says(
                $"มีได้ไม่เกิน {MaxFields} รายการ และไม่เกิน {ValidationRules.DataLength / 1024} KB",
                $"It may have at most {MaxFields} fields and {ValidationRules.DataLength / 1024} KB.")
            .Must(data => data is not { ValueKind: JsonValueKind.Object } fields
                || fields.EnumerateObject()
                    .All(f => f.Name.Length is > 0 and <= ValidationRules.CodeLength && ValidationRules.IsClean(f.Name)))
            .Says("ชื่อรายการไม่ถูกต้อง", "A field has a name that is empty, too long or not text.")
            .Must(data => data is not { ValueKind: JsonValueKind.Object } fields || IsWhole(fields))
            .Says("มีอักขระที่ไม่สมบูรณ์", "It contains broken characters.");

    /// <summary>Half a surrogate pair is not text: it could be kept as it came, but no reader could read it back.</summary>
    static bool IsWhole(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(f => f.Name is not null && IsWhole(f.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsWhole),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
