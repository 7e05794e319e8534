using System.Collections.Immutable;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>The forms of a definition file: a step's own, or those that the steps share.</summary>
static class ElsaForms
{
    /// <summary>
    /// The forms that the steps share, as they were when this version was published (<see cref="SharedForms"/>). Null: one that has faults.
    /// </summary>
    public static Dictionary<string, FormSchema?> ReadShared(JsonElement custom, List<Finding> findings)
    {
        var forms = new Dictionary<string, FormSchema?>(StringComparer.Ordinal);
        if (ElsaFields.Object(custom, SharedForms.Property) is not { ValueKind: JsonValueKind.Object } embedded)
            return forms;
        foreach (var form in embedded.EnumerateObject())
        {
            var (schema, problems) = FormSchema.Read(form.Value.GetRawText());
            forms[form.Name] = schema;
            findings.AddRange(problems.Select(p => new Finding(
                null, "invalid-form", new($"{form.Name}{p.Place}: {p.Reason.Th}", $"{form.Name}{p.Place}: {p.Reason.En}"))));
        }

        return forms;
    }

    public static FormSchema? Read(ElsaFields fields, Dictionary<string, FormSchema?> forms)
    {
        var ids = fields.Texts(SharedForms.References);
        if (fields.Raw("formSchema") is not { } json)
            return ids.IsEmpty ? null : Combine(fields, ids, forms);
        if (!ids.IsEmpty)
            fields.Complain(
                "two-forms", "ขั้นตอนมีได้อย่างเดียว: formSchema หรือ formRefs", "A step has formSchema or formRefs, not both.");
        var (schema, problems) = FormSchema.Read(json);
        foreach (var problem in problems)
            fields.Complain("invalid-form", $"formSchema: {problem.Reason.Th}", $"formSchema: {problem.Reason.En}");
        return schema;
    }

    static FormSchema? Combine(ElsaFields fields, ImmutableArray<string> ids, Dictionary<string, FormSchema?> forms)
    {
        if (ids.Length > SharedForms.MaxOnOneStep || ids.Distinct(StringComparer.Ordinal).Count() < ids.Length)
        {
            fields.Complain(
                "too-many-forms", $"formRefs มีได้ไม่เกิน {SharedForms.MaxOnOneStep} แบบฟอร์ม และต้องไม่ซ้ำกัน",
                $"formRefs names at most {SharedForms.MaxOnOneStep} forms, each once.");
        }

        foreach (var unknown in ids.Where(id => !forms.ContainsKey(id)))
            fields.Complain(
                "unknown-form",
                $"ไม่มีแบบฟอร์ม \"{unknown}\" หรือใช้ไม่ได้ (forms/{unknown}.json)",
                $"There is no form \"{unknown}\", or it was refused (forms/{unknown}.json).");
        var (schema, twice) = FormSchema.Combine([.. ids.Select(id => forms.GetValueOrDefault(id)).OfType<FormSchema>()]);
        foreach (var name in twice)
            fields.Complain(
                "form-field-twice",
                $"ช่อง \"{name}\" อยู่ในแบบฟอร์มมากกว่าหนึ่งแบบของขั้นตอนนี้",
                $"The field \"{name}\" stands in two forms of this step.");
        return schema;
    }
}
