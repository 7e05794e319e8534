using System.Text.Json;
using FluentValidation;

namespace ProcessEngine.Service.Kernel;

public static class DataRules
{
    const int MaxFields = 100;

    /// <summary>
    /// Case data: an object with a bounded number of well-named fields, bounded in size. What the values must be like, the core says.
    /// </summary>
    public static void Data<T>(this IRuleBuilder<T, JsonElement?> rule) =>
        rule.Must(data => data is null or { ValueKind: JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined })
            .Says("ต้องเป็นออบเจกต์ JSON", "It must be a JSON object.")
            .Must(data => data is not { ValueKind: JsonValueKind.Object } fields
                || (fields.EnumerateObject().Count() <= MaxFields && fields.GetRawText().Length <= ValidationRules.DataLength))
            .Says(
                $"มีได้ไม่เกิน {MaxFields} รายการ และไม่เกิน {ValidationRules.DataLength / 1024} KB",
                $"It may have at most {MaxFields} fields and {ValidationRules.DataLength / 1024} KB.")
            .Must(data => data is not { ValueKind: JsonValueKind.Object } fields
                || fields.EnumerateObject().All(IsWellNamed))
            .Says("ชื่อรายการไม่ถูกต้อง", "A field has a name that is empty, too long or not text.");

    static bool IsWellNamed(JsonProperty field)
    {
        try
        {
            return field.Name.Length is > 0 and <= ValidationRules.CodeLength && ValidationRules.IsClean(field.Name);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            return false;
        }
    }
}
