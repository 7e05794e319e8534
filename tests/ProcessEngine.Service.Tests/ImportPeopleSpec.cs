using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity.Import;

namespace ProcessEngine.Service.Tests;

/// <summary>People of an office from a table: first what would happen, then it is stored, whole.</summary>
public sealed class ImportPeopleSpec(string provider) : OnBothDatabases(provider)
{
    const string Import = "/admin/people/import";

    async Task<Visitor> Administrator()
    {
        var visitor = World.Visitor();
        await visitor.SignIn(Roles.Administrator);
        await visitor.Go($"{Import}?office=demo");
        return visitor;
    }

    static Task<Shown> Paste(Visitor visitor, string text) => visitor.Submit(Import, ("text", text), ("defaultRole", Roles.Officer));

    static Task<Shown> Confirm(Visitor visitor)
    {
        var text = Regex.Match(visitor.Page.Html, "<textarea name=\"text\" hidden>(.*?)</textarea>", RegexOptions.Singleline);
        return visitor.Submit(Import + "?handler=store", ("text", WebUtility.HtmlDecode(text.Groups[1].Value)));
    }

    string Table(string id, params string[] rows) => "ชื่อ-สกุล\tชื่อผู้ใช้\tบทบาท\tตำแหน่ง\tระดับ\tกลุ่ม\tอีเมล\tโทรศัพท์\n"
        + string.Join('\n', rows.Select(r => r.Replace("{id}", $"{id}.{Provider}", StringComparison.Ordinal)));

    [Test]
    public async Task A_pasted_table_shows_what_it_would_do_and_stores_it_when_it_is_confirmed_and_nothing_the_second_time()
    {
        var administrator = await Administrator();
        var table = Table(
            "paste",
            "นางสาวน้ำฝน ใจดี\tnam.{id}\tเจ้าหน้าที่ในกลุ่ม, กรรมการ/คณะทำงาน\tนักวิชาการคอมพิวเตอร์\tชำนาญการ\tกลุ่ม ICT"
                + "\tnam@example.go.th\t043-000-000 ต่อ 12",
            "นายสมชาย\u200B  ใจงาม\t som.{id} \tผอ.กลุ่ม\t\t\tกลุ่ม ICT", "นายไม่มี บทบาท\tno.{id}");
        var before = await World.RowCountsAsync();
        (await Paste(administrator, table)).ShouldBe(200).ShouldSay(
            "เพิ่มใหม่ 3", "ไม่บันทึก 0", "นายสมชาย ใจงาม", "ยืนยัน บันทึก 3 คน", "จะได้บทบาท: เจ้าหน้าที่ในกลุ่ม");
        (await World.RowCountsAsync()).ShouldBe(before, "nothing is stored by looking");
        (await Confirm(administrator)).ShouldLeadTo("/admin/people/links?office=demo");
        (await administrator.Follow()).ShouldSay("เพิ่ม 3 คน", "นางสาวน้ำฝน ใจดี");
        (await administrator.Go("/admin/people?office=demo&q=ใจดี")).ShouldSay(
            "นักวิชาการคอมพิวเตอร์", "ชำนาญการ", "กลุ่ม ICT", "nam@example.go.th", "043-000-000 ต่อ 12", "กรรมการ/คณะทำงาน");
        (await administrator.Go("/admin/groups?office=demo")).ShouldSay("กลุ่ม ICT 2 คน");

        await administrator.Go($"{Import}?office=demo");
        (await Paste(administrator, table)).ShouldSay("เดิมอยู่แล้ว 3", "ไม่มีแถวที่จะบันทึก");
        (await Paste(administrator, Table("paste", "นางสาวน้ำฝน ใจเย็น\tNAM.{id}\tเจ้าหน้าที่ในกลุ่ม\t\tชำนาญการพิเศษ")))
            .ShouldSay("แก้ไข 1", "นางสาวน้ำฝน ใจดี", "ชำนาญการพิเศษ");
        (await Confirm(administrator)).Status.ShouldBe(302);
        (await administrator.Go("/admin/people?office=demo&q=ใจเย็น")).ShouldSay("ชำนาญการพิเศษ", "นักวิชาการคอมพิวเตอร์");
        var trail = (await World.SystemAdministrator.Get("administration/events?office=demo&limit=5")).Ok()["items"]!.AsArray();
        trail.Select(e => e!.Text("action")).Take(2).ShouldBe(["user-changed", "roles-set"]);
        (await World.SystemAdministrator.Get("administration/events/verify")).Ok()["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task Each_row_that_is_wrong_says_why_at_its_column_and_the_others_are_stored()
    {
        var administrator = await Administrator();
        (await Paste(administrator, Table(
            "wrong", "คนแรก\ta.{id}\tเจ้าหน้าที่", "คนซ้ำ\tA.{id}", "คนแปลก\tb.{id}\tนักบิน", "\tc.{id}", "ไม่มีบัญชี\t",
            "กลับ\u202Eหลัง\td.{id}", "อีเมลผิด\te.{id}\t\t\t\t\tไม่ใช่",
            "โทรผิด\tf.{id}\t\t\t\t\t\tabc", "ผู้อื่น\tdemo.administrator", $"ยาว\t{new string('x', 200)}")))
            .ShouldBe(200).ShouldSay(
                "เพิ่มใหม่ 1", "ไม่บันทึก 9", "ซ้ำกับแถวที่ 2", "ไม่รู้จักบทบาท \"นักบิน\"", "ชื่อ-สกุล: ต้องระบุ", "ชื่อผู้ใช้: ต้องระบุ",
                "มีอักขระที่มองไม่เห็น",
                "ที่อยู่อีเมลไม่ถูกต้อง", "หมายเลขโทรศัพท์ไม่ถูกต้อง", "เป็นของคนในสำนักงานอื่น", "ยาวเกิน 100");
        (await Confirm(administrator)).Status.ShouldBe(302);
        (await administrator.Follow()).ShouldSay("เพิ่ม 1 คน", "ไม่ได้บันทึก 9 แถว");
    }

    [TestCase("", "ไม่มีข้อมูล")]
    [TestCase("สมชาย\tsomchai", "ไม่พบคอลัมน์: ชื่อ-สกุล, ชื่อผู้ใช้")]
    [TestCase("ชื่อ\tบทบาท\nก\tofficer", "ไม่พบคอลัมน์: ชื่อผู้ใช้")]
    [TestCase("ชื่อ,ชื่อ-สกุล,ชื่อผู้ใช้", "สองคอลัมน์")]
    [TestCase("ชื่อ,ชื่อผู้ใช้", "มีแต่ชื่อคอลัมน์")]
    public async Task A_table_without_its_columns_says_which(string text, string says)
    {
        var administrator = await Administrator();
        (await Paste(administrator, text)).ShouldBe(400).ShouldSay("ยังไม่มีการบันทึก", says);
    }

    [Test]
    public async Task What_somebody_else_changed_after_the_look_is_shown_again_and_not_written_over()
    {
        var (first, second) = (await Administrator(), await Administrator());
        var table = Table("twice", "คนเดียวกัน\tone.{id}\tเจ้าหน้าที่");
        await Paste(first, table);
        await Paste(second, table);
        (await Confirm(first)).Status.ShouldBe(302);
        (await Confirm(second)).ShouldBe(409).ShouldSay("มีผู้เปลี่ยนรายชื่อ", "เดิมอยู่แล้ว 1");
        (await World.ScalarAsync<long>(
            "SELECT COUNT(*) FROM app_user WHERE user_name = @name", new { name = $"one.twice.{Provider}" })).ShouldBe(1);
    }

    [Test]
    public async Task Five_thousand_people_are_stored_at_once_and_one_more_is_refused()
    {
        var administrator = await Administrator();
        var rows = Enumerable.Range(0, Sheet.MaxRows)
            .Select(n => $"คนที่ {n}\tmany{n}.{{id}}\tเจ้าหน้าที่ในกลุ่ม\tนักวิชาการ\tชำนาญการ\tกลุ่มที่ {n % 8}").ToArray();
        (await Send(administrator, Table("many", [.. rows, "คนเกิน\tover.{id}"]))).ShouldBe(400).ShouldSay("มีเกิน 5,000 แถว");
        (await Send(administrator, Table("many", rows))).ShouldBe(200).ShouldSay("เพิ่มใหม่ 5,000", "และอีก 4800 แถว");
        (await Confirm(administrator)).Status.ShouldBe(302);
        (await World.ScalarAsync<long>("SELECT COUNT(*) FROM office_member")).ShouldBeGreaterThanOrEqualTo(Sheet.MaxRows);

        static Task<Shown> Send(Visitor visitor, string table) =>
            visitor.Attach(Import, "people.tsv", Encoding.UTF8.GetBytes(table), fields: ("defaultRole", Roles.Officer));
    }

    [Test]
    public async Task A_group_director_sees_their_group_and_what_waits_for_its_roles()
    {
        var administrator = await Administrator();
        await Paste(administrator, Table(
            "team", "หัวหน้า กลุ่มเดียว\thead.{id}\tผอ.กลุ่ม\t\t\tกลุ่มแผน", "ลูกทีม ของกลุ่ม\tone.{id}\tเจ้าหน้าที่\t\t\tกลุ่มแผน",
            "คนกลุ่ม อื่น\tother.{id}\tเจ้าหน้าที่\t\t\tกลุ่มอื่น"));
        await Confirm(administrator);
        var id = await IdOf("head.team");
        (await World.SystemAdministrator.Put($"users/{id}/password", new { password = "รหัสผ่านของหัวหน้า" })).Status.ShouldBe(204);
        await World.ExecuteAsync("UPDATE credential SET must_change = @no", new { no = false });
        await Officer.Started(World.SuratThani, "เรื่องที่รอผู้รับ");
        var head = World.Visitor();
        (await head.SignIn("", "รหัสผ่านของหัวหน้า", $"head.team.{Provider}")).Status.ShouldBe(302);
        (await head.Go("/team")).ShouldBe(200).ShouldSay("กลุ่มแผน", "ลูกทีม ของกลุ่ม", "รอผู้รับในบทบาท")
            .Text.ShouldNotContain("คนกลุ่ม อื่น");
        (await head.Go($"/team?office=demo&who={await IdOf("other.team")}")).ShouldBe(404);
        var director = World.Visitor();
        await director.SignIn(Roles.Director);
        (await director.Go("/team")).ShouldSay("คนกลุ่ม อื่น", "ทั้งสำนักงาน");

        Task<object> IdOf(string name) => World.ScalarAsync<object>(
            "SELECT user_id FROM app_user WHERE user_name = @name", new { name = $"{name}.{Provider}" });
    }

    /// <summary>What spreadsheet programs make of a table, and what they do not.</summary>
    [Test]
    public void A_table_is_read_from_every_kind_of_file_that_offices_have()
    {
        var text = "ชื่อ;ชื่อผู้ใช้\n\"ใจดี; น้ำฝน\";nam\n\n  ;\nสมชาย;som\n";
        foreach (var encoded in new[]
        {
            Encoding.UTF8.GetBytes(text), [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text)],
            [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], ThaiWindows(text),
        })
            Names(Sheet.OfFile(encoded)).ShouldBe(["2 ใจดี; น้ำฝน nam", "5 สมชาย som"]);
        var rows = $"<row r=\"1\">{Cell("A1", "ชื่อ")}{Cell("B1", "ชื่อผู้ใช้")}</row>"
            + $"<row r=\"3\">{Cell("A3", "ใจดี")}<c r=\"B3\"><v>1234</v></c></row>";
        Names(Sheet.OfFile(Workbook(rows))).ShouldBe(["3 ใจดี 1234"]);
        byte[][] odds =
        [
            [], "PK\u0003\u0004 and no more"u8.ToArray(), [0xD0, 0xCF, 0x11, 0xE0, 1], [0, 1, 2, 255], Workbook("<row"),
            "\"never ends"u8.ToArray(),
        ];
        foreach (var odd in odds)
            PeopleTable.Read(Sheet.OfFile(odd)).Fault.ShouldNotBeNull();

        static string Cell(string at, string text) => $"<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

        static List<string> Names(Sheet sheet)
        {
            var table = PeopleTable.Read(sheet);
            table.Fault.ShouldBeNull();
            return [.. table.Rows.Select(r => $"{r.Line} {r.Name} {r.UserName}")];
        }
    }

    [Test]
    public void A_workbook_that_unpacks_to_more_than_is_taken_or_lies_far_out_is_refused()
    {
        Sheet.OfFile(Workbook(new string(' ', 70 * 1024 * 1024))).Fault!.En.ShouldContain("unpacks");
        const string FarOut = "<row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"A1048576\"><v>1</v></c></row>";
        Sheet.OfFile(Workbook(FarOut)).Fault.ShouldNotBeNull();
        Sheet.OfText("ชื่อ,ชื่อผู้ใช้\nก," + new string('x', 20_000)).Fault.ShouldNotBeNull();
        Sheet.OfText("ชื่อ,ชื่อผู้ใช้\nก,b\0").Fault.ShouldNotBeNull();
    }

    static byte[] ThaiWindows(string text)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Encoding.GetEncoding(874).GetBytes(text);
    }

    const string Package = "http://schemas.openxmlformats.org/package/2006/";
    const string Kind = "application/vnd.openxmlformats-";
    const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>The least that a spreadsheet program opens (ECMA-376).</summary>
    static byte[] Workbook(string rows)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(
                "[Content_Types].xml",
                $"""
                <Types xmlns="{Package}content-types"><Default Extension="rels" ContentType="{Kind}package.relationships+xml"/>
                <Override PartName="/xl/workbook.xml" ContentType="{Kind}officedocument.spreadsheetml.sheet.main+xml"/>
                <Override PartName="/xl/worksheets/sheet1.xml" ContentType="{Kind}officedocument.spreadsheetml.worksheet+xml"/></Types>
                """);
            Add("_rels/.rels", Related("officeDocument", "xl/workbook.xml"));
            Add(
                "xl/workbook.xml",
                $"""
                <workbook xmlns="{Main}" xmlns:r="{Relations}">
                <sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>
                """);
            Add("xl/_rels/workbook.xml.rels", Related("worksheet", "worksheets/sheet1.xml"));
            Add("xl/worksheets/sheet1.xml", $"<worksheet xmlns=\"{Main}\"><sheetData>{rows}</sheetData></worksheet>");

            static string Related(string kind, string target) =>
                $"""
                <Relationships xmlns="{Package}relationships">
                <Relationship Id="r1" Type="{Relations}/{kind}" Target="{target}"/></Relationships>
                """;

            void Add(string name, string content)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                writer.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
