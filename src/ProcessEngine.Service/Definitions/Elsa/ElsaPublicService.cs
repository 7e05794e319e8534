using System.Collections.Immutable;
using ProcessEngine.Core;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Forms;

namespace ProcessEngine.Service.Definitions.Elsa;

/// <summary>What a definition file tells people outside, among its custom properties; see processes/README.md.</summary>
static class ElsaPublicService
{
    /// <summary>The properties that name shared forms.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["publicForm", "publicRatingForm"];

    public static PublicService? Read(ElsaFields custom, Dictionary<string, FormSchema?> forms)
    {
        if (!custom.Bool("publicOpen"))
            return null;
        return new PublicService
        {
            Name = Text("publicName"),
            Who = Text("publicWho"),
            Needs = Text("publicNeeds"),
            Purpose = Text("publicPurpose"),
            KeepDays = custom.Number("publicKeepDays") ?? PublicService.DefaultKeepDays,
            StopsWhileWaiting = custom.Bool("publicWaitStopsTime", absent: true),
            Form = Form(Forms[0], "publicFormWithout"),
            Rating = Form(Forms[1], "publicRatingFormWithout"),
            Steps = custom.Texts("publicSteps"),
            Results = custom.Texts("publicResults"),
        };

        LocalizedText Text(string name) => custom.Text(name) is { } th ? new(th, custom.Text(name + "En") ?? th) : new("", "");

        // The printed forms have fields that the office itself fills in: who is told is not asked for them.
        FormSchema? Form(string name, string without)
        {
            if (custom.Text(name) is not { } id)
                return null;
            if (!forms.TryGetValue(id, out var schema))
            {
                custom.Complain(
                    "unknown-form", $"ไม่มีแบบฟอร์ม \"{id}\" หรือใช้ไม่ได้ (forms/{id}.json)",
                    $"There is no form \"{id}\", or it was refused (forms/{id}.json).");
            }

            var left = custom.Texts(without).ToImmutableHashSet(StringComparer.Ordinal);
            if (schema is not null && left.FirstOrDefault(field => schema.Fields.All(f => f.Name != field)) is { } unknown)
            {
                custom.Complain(
                    "unknown-field", $"{without} ระบุช่อง \"{unknown}\" ที่ไม่มีในแบบฟอร์ม \"{id}\"",
                    $"{without} names a field \"{unknown}\" that the form \"{id}\" does not have.");
            }

            return schema?.Without(left);
        }
    }
}
