using System.Net;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>Whoever wishes Thai digits finds no others, but in what people and programs wrote.</summary>
public sealed partial class DigitsSpec(string provider) : OfPages(provider)
{
    [Test]
    public async Task No_number_of_ours_is_in_arabic_digits()
    {
        var late = await Officer.Started(World.SuratThani, "พัฒนาระบบ");
        var instance = await Officer.Started(World.KhonKaen, "ติดตั้งเครื่อง");
        (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        (await Officer.Complete(await Officer.OpenTaskOf(instance))).Ok();
        (await World.Director.Reject(await Officer.OpenTaskOf(instance), "แพงไป")).Ok();
        (await Officer.Claim(await Officer.OpenTaskOf(instance))).Ok();
        Clock.SetBangkok("2026-05-04 09:00");
        await World.Sweep();
        var task = (await Officer.OpenTaskOf(instance)).Text("id");
        var left = new List<string>();
        foreach (var (role, paths) in new (string, string[])[]
        {
            (Roles.Officer, ["/", "/cases", $"/cases/{instance}", $"/cases/{late}", $"/tasks/{task}", $"/tasks/{(await Officer.OpenTaskOf(late)).Text("id")}", "/procedures", $"/procedures/{World.KhonKaen}", $"/procedures/{World.SuratThani}", "/notifications", "/account/sessions", "/account/second-factor"]),
            (Roles.Director, ["/", "/team", "/team?who=officer", "/team/hand-over", "/admin/orders", $"/cases/{late}"]),
            (Roles.Administrator, ["/admin", "/admin/people", "/admin/calendar", "/admin/notifications", "/admin/holidays", "/admin/limits", "/setup"]),
        })
        {
            var visitor = World.Visitor();
            await visitor.SignIn(role);
            while (visitor.Page.Location is not null)
                await visitor.Follow();
            await visitor.Submit("/preferences", ("digits", "thai"));
            foreach (var path in paths)
            {
                (await visitor.Go(path)).ShouldBe(200);
                var shown = WebUtility.HtmlDecode(Unseen().Replace(visitor.Page.Html, " "));
                left.AddRange(Number().Matches(Tag().Replace(shown, "\n")).Select(m => $"{path}: {m.Value.Trim()}"));
            }
        }

        left.Distinct().ShouldBeEmpty();
    }

    // Neither ids nor codes (TH-40) are numbers.
    [GeneratedRegex("<(style|title|head|code|option)\\b.*?</\\1>|<button[^>]*name=\"digits\".*?</button>|[0-9a-f]{8}-[0-9a-f-]{27}|\\b[A-Z]{2}-[0-9]+", RegexOptions.Singleline)]
    private static partial Regex Unseen();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("[^\\n]{0,40}[0-9][^\\n]{0,40}")]
    private static partial Regex Number();
}
