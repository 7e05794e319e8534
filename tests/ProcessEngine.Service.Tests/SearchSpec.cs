using ProcessEngine.Service.Cases;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>What is searched for is found however it was typed, the same on both databases.</summary>
public sealed class SearchSpec(string provider) : OnBothDatabases(provider)
{
    static readonly (string Title, string[] Typed)[] Found =
    [
        ("ติดตั้งเครื่องกรองน้ำ", [.. UserNamesSpec.Water.Select(w => "กรอง" + w), "นำ", "ติดตัง", "เครืองกรอง"]),
        ("ระบบ ÉCOLE Ω ๒๕๖๙", ["école", "ÉCOLE", "ω", "2569", "๒๕๖๙", "ระบบecole".Replace("ecole", "École", StringComparison.Ordinal), "e\u0301cole"]),
        ("แผนงาน 100%_! ผอ.สพป.", ["เเผน", "100%", "%_!", "ผอ. สพป", "ผอสพป"]),
        ("Ｆｕｌｌ width", ["full", "FULL WIDTH"]),
    ];

    static async Task<List<string>> Search(Visitor visitor, string text)
    {
        var page = await visitor.Go($"/cases?q={Uri.EscapeDataString(text)}");
        page.Status.ShouldBe(200);
        return [.. Found.Select(f => f.Title).Where(title => page.Text.Contains(title, StringComparison.Ordinal))];
    }

    [Test]
    public async Task Encodings_capitals_digits_and_missing_tone_marks_hide_nothing()
    {
        foreach (var (title, _) in Found)
            await Officer.Started(World.KhonKaen, title);
        var visitor = World.Visitor();
        await visitor.SignIn("officer");
        foreach (var (title, typed) in Found)
        {
            foreach (var text in typed)
                (await Search(visitor, text)).ShouldContain(title, text);
        }

        (await Search(visitor, "ไม่มีเรื่องนี้")).ShouldBeEmpty();
    }

    [Test]
    public async Task A_case_of_before_gets_its_key_when_the_service_starts()
    {
        var id = Guid.Parse(await Officer.Started(World.KhonKaen, "เรื่องก่อนมีกุญแจค้น"));
        await World.ExecuteAsync("UPDATE process_instance SET search_key = NULL WHERE instance_id = @id", new { id });
        await new SearchKeys(World.Database).RunAsync(CancellationToken.None);
        (await World.ScalarAsync<string>("SELECT search_key FROM process_instance WHERE instance_id = @id", new { id }))
            .ShouldBe(SearchText.Key("เรื่องก่อนมีกุญแจค้น", null));
    }

    [Test]
    public async Task Procedures_are_found_in_the_same_way() =>
        (await Officer.Get($"process-definitions?search={Uri.EscapeDataString("ติดตัง ดูแล บํารุงรักษา")}")).Ok()["items"]!.AsArray()
            .Select(i => i.Text("key")).ShouldContain(World.KhonKaen);
}
