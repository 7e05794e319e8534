using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Cases.Attachments;
using ProcessEngine.Service.Kernel;

namespace ProcessEngine.Service.Tests;

/// <summary>
/// Files of a case: only what an office works with, stored with the event that holds their hash, and seen only by those who see the case.
/// </summary>
public sealed class AttachmentsSpec(string provider) : OnBothDatabases(provider)
{
    static readonly byte[] Pdf = [.. "%PDF-1.7\n"u8, .. Enumerable.Range(0, 256).Select(i => (byte)i)];

    static async Task<Answer> Attach(
        Person who, string id, string name, byte[] content, string? taskId = null, string? key = null, string part = "file")
    {
        using var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(file, part, name);
        if (taskId is not null)
            form.Add(new StringContent(taskId), "taskId");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/process-instances/{id}/attachments") { Content = form };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await who.Http.SendAsync(request);
        return await who.Read(response);
    }

    static byte[] Archive(params (string Name, string Content)[] parts)
    {
        using var buffer = new MemoryStream();
        using (var archive = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                using var writer = new StreamWriter(
                    archive.CreateEntry(name, name == "mimetype" ? CompressionLevel.NoCompression : CompressionLevel.Fastest).Open(),
                    new UTF8Encoding(false));
                writer.Write(content);
            }
        }

        return buffer.ToArray();
    }

    [Test]
    public async Task A_file_is_stored_with_its_hash_in_the_history_and_comes_back_as_it_was()
    {
        var id = await Officer.Started(World.KhonKaen);
        var task = await Officer.OpenTaskOf(id);
        var made = await Attach(Officer, id, "คำสั่งแต่งตั้งคณะทำงาน.pdf", Pdf, task.Text("id"), key: $"file-{id}");
        var view = made.Ok();
        made.Status.ShouldBe(201);
        var sha = Convert.ToHexStringLower(SHA256.HashData(Pdf));
        (view.Text("fileName"), view.Text("contentType"), view.Number("size"), view.Text("sha256"), view.Text("taskId"))
            .ShouldBe(("คำสั่งแต่งตั้งคณะทำงาน.pdf", "application/pdf", Pdf.Length, sha, task.Text("id")));
        (await Attach(Officer, id, "คำสั่งแต่งตั้งคณะทำงาน.pdf", Pdf, task.Text("id"), key: $"file-{id}")).Replayed
            .ShouldBeTrue("another boundary, the same request");
        (await Attach(Officer, id, "อื่น.pdf", Pdf, key: $"file-{id}")).ShouldBeProblem(422, "idempotency-key-reused");

        (await Officer.History(id)).Single(h => h!.Text("type") == "FileAttached")!["data"].Text("sha256").ShouldBe(sha);
        (await Officer.All($"process-instances/{id}/attachments")).ShouldHaveSingleItem().Text("id").ShouldBe(view.Text("id"));
        (await Officer.All($"process-instances/{id}/attachments?taskId={task.Text("id")}")).Count.ShouldBe(1);
        (await Officer.All($"process-instances/{id}/attachments?taskId={Guid.NewGuid()}")).ShouldBeEmpty();
        using var response = await Director.Http.GetAsync(made.Location);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(Pdf);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        response.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        response.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("คำสั่งแต่งตั้งคณะทำงาน.pdf");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Test]
    public async Task What_office_programs_write_is_taken()
    {
        var id = await Officer.Started(World.KhonKaen);
        const string odf = "application/vnd.oasis.opendocument.";
        foreach (var (name, content) in new (string, byte[])[]
        {
            ("ก.pdf", Pdf), ("ก.PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]), ("ก.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), ("ก.jpeg", [0xFF, 0xD8, 0xFF, 0xE1]),
            ("ก.docx", Archive(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"))), ("ก.xlsx", Archive(("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<x/>"))),
            ("ก.odt", Archive(("mimetype", odf + "text"), ("content.xml", "<o/>"))), ("ก.ods", Archive(("mimetype", odf + "spreadsheet"), ("content.xml", "<o/>"))),
            ("ก.txt", Encoding.UTF8.GetBytes("ทราบ\r\n")), ("ก.csv", [0xA1, 0xD2, 0x2C, 0x31, 0x0D, 0x0A]),
        })
            (await Attach(Officer, id, name, content)).Status.ShouldBe(201, name);
        (await Officer.All($"process-instances/{id}/attachments")).Count.ShouldBe(10);
    }

    [Test]
    public async Task What_is_not_what_its_name_says_is_refused()
    {
        var id = await Officer.Started(World.KhonKaen);
        var before = await World.RowCountsAsync();
        var word = Archive(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"));
        foreach (var (name, content) in new (string, byte[])[]
        {
            ("ก.exe", [0x4D, 0x5A]), ("ก.html", "<script>"u8.ToArray()), ("ก.svg", "<svg/>"u8.ToArray()), ("ก", Pdf), (".pdf", Pdf), ("ก.pdf.exe", Pdf), ("ก.pdf", word), ("ก.pdf", []),
            ("ก.png", Pdf), ("ก.xlsx", word), ("ก.odt", word), ("ก.docx", [0x50, 0x4B, 3, 4, 0]), ("ก.txt", [0x41, 0]), ("ก.csv", [0x4D, 0x5A, 0x90, 0]),
            ("ก.docx", Archive(("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"), ("word/vbaProject.bin", "macro"))), ($"{new string('ก', 200)}.pdf", Pdf),
        })
            (await Attach(Officer, id, name, content)).ShouldBeProblem(400, "invalid-input", "file");
        (await Attach(Officer, id, "ก.pdf", Pdf, part: "document")).ShouldBeProblem(400, "invalid-input", "file");
        (await Attach(Officer, id, "ก.pdf", Pdf, taskId: "first")).ShouldBeProblem(400, "invalid-input", "taskId");
        (await Attach(Officer, id, "ก.pdf", Pdf, taskId: Guid.NewGuid().ToString())).ShouldBeProblem(409, "task-not-open");
        (await Officer.Post($"process-instances/{id}/attachments", new { file = "ก" })).ShouldBeProblem(415, "unsupported-media-type");
        (await World.RowCountsAsync()).ShouldBe(before);
    }

    [Test]
    public async Task Twenty_megabytes_are_the_most()
    {
        var id = await Officer.Started(World.KhonKaen);
        byte[] Sized(int size) => [.. Pdf, .. new byte[size - Pdf.Length]];
        (await Attach(Officer, id, "ก.pdf", Sized(FileKinds.MaxBytes))).Status.ShouldBe(201);
        (await Attach(Officer, id, "ก.pdf", Sized(FileKinds.MaxBytes + 1))).ShouldBeProblem(413, "file-too-large", "file")["facts"]
            .Number("limit").ShouldBe(FileKinds.MaxBytes);
        (await Officer.All($"process-instances/{id}/attachments")).Count.ShouldBe(1);
    }

    [Test]
    public async Task A_file_of_two_hundred_megabytes_is_refused_with_a_word_and_not_with_a_broken_line()
    {
        // A real server: only there does a body that nobody reads break the line.
        await using var world = await World.StartAsync(Provider, kestrel: true);
        var id = await world.Officer.Started(World.KhonKaen);
        using var form = new MultipartFormDataContent();
        form.Add(new StreamContent(new Zeros(200L * 1024 * 1024)), "file", "วิดีโอ.pdf");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/process-instances/{id}/attachments") { Content = form };
        request.Headers.ExpectContinue = false;
        using var response = await world.Officer.Http.SendAsync(request);
        var problem = (await world.Officer.Read(response)).ShouldBeProblem(413, "file-too-large", "file");
        problem["message"].Text("th").ShouldContain("20 MB");
        (await world.Officer.Case(id)).Number("revision").ShouldBe(2);
    }

    /// <summary>So many zeros, made while they are read.</summary>
    sealed class Zeros(long length) : Stream
    {
        long at;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => length;
        public override long Position { get => at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var some = (int)Math.Min(count, length - at);
            Array.Clear(buffer, offset, some);
            at += some;
            return some;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    [TestCase("../../etc/passwd.txt", "passwd.txt")]
    [TestCase("C:\\Users\\สมชาย\\แผน.xlsx", "แผน.xlsx")]
    [TestCase("ใบ\u202Efdp.txt", "ใบfdp.txt")]
    [TestCase("a<b>:\"c|?*.pdf", "a_b___c___.pdf")]
    [TestCase("แผน\r\nX-Header: 1.pdf", "แผน__X-Header_ 1.pdf")]
    [TestCase(" .. ", "")]
    public void A_name_is_only_a_name(string sent, string kept) => FileKinds.Clean(sent).ShouldBe(kept);

    [Test]
    public async Task A_file_is_seen_and_laid_down_only_by_those_who_may()
    {
        var id = await Officer.Started(World.KhonKaen);
        var made = await Attach(Officer, id, "ก.pdf", Pdf);
        made.Ok();
        (await Attach(As(Roles.Auditor), id, "ก.pdf", Pdf)).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Auditor).Get(made.Location!)).Status.ShouldBe(200);

        var code = $"files-{Provider}";
        (await World.SystemAdministrator.Post("offices", new { code, name = new { th = "สำนักงานอื่น" }, province = "TH-84" })).Ok();
        var user = (await World.SystemAdministrator.Post("users", new { userName = code, displayName = "คนอื่น", office = code, roles = new[] { Roles.Director } })).Ok();
        var stranger = await World.WithKeyOf(user.Text("id"));
        (await stranger.Get(made.Location!)).ShouldBeProblem(404, "instance-not-found");
        (await stranger.Get($"process-instances/{id}/attachments")).ShouldBeProblem(404, "instance-not-found");
        (await Attach(stranger, id, "ก.pdf", Pdf)).ShouldBeProblem(404, "instance-not-found");

        var other = await Officer.Started(World.KhonKaen);
        (await Officer.Get($"process-instances/{other}/attachments/{made.Ok().Text("id")}/content"))
            .ShouldBeProblem(404, "attachment-not-found");
        (await World.Nobody.Get(made.Location!)).Status.ShouldBe(401);
    }

    [Test]
    public async Task Bytes_that_were_changed_are_not_handed_out()
    {
        var id = await Officer.Started(World.KhonKaen);
        var made = await Attach(Officer, id, "ก.pdf", Pdf);
        await World.ExecuteAsync(
            "UPDATE attachment SET content = @content WHERE attachment_id = @id",
            new { content = "%PDF-other"u8.ToArray(), id = Guid.Parse(made.Ok().Text("id")) });
        (await Officer.Get(made.Location!)).ShouldBeProblem(409, "attachment-damaged");
    }

    [Test]
    public async Task A_withdrawn_file_is_handed_out_to_auditors_and_administrators_alone_and_stays_in_the_list()
    {
        var id = await Officer.Started(World.KhonKaen);
        var made = await Attach(Officer, id, "ผิดเรื่อง.pdf", Pdf);
        var file = made.Ok().Text("id");
        var withdraw = $"process-instances/{id}/attachments/{file}/withdraw";
        (await As(Roles.Clerk).Post(withdraw, new { comment = "ไม่ใช่ของตน" })).ShouldBeProblem(403, "not-allowed");
        (await Officer.Post(withdraw, new { })).ShouldBeProblem(400, "invalid-input");
        (await Officer.Post($"process-instances/{id}/attachments/{Guid.NewGuid()}/withdraw", new { comment = "x" }))
            .ShouldBeProblem(404, "attachment-not-found");
        (await Officer.Post(withdraw, new { comment = "แนบผิดเรื่อง" }, ifMatch: "\"1\"")).ShouldBeProblem(412, "case-changed");
        (await Officer.Post(withdraw, new { comment = "แนบผิดเรื่อง" })).Ok()["withdrawn"].Text("reason").ShouldBe("แนบผิดเรื่อง");
        (await Officer.Post(withdraw, new { comment = "อีกครั้ง" })).ShouldBeProblem(409, "file-withdrawn");
        (await Officer.Get(made.Location!)).ShouldBeProblem(410, "attachment-withdrawn");
        (await As(Roles.Auditor).Get(made.Location!)).Status.ShouldBe(200);
        (await Officer.Get($"process-instances/{id}/attachments")).Ok()["items"]!.AsArray().ShouldHaveSingleItem()!["withdrawn"]
            .Text("reason").ShouldBe("แนบผิดเรื่อง");
        (await Officer.Verify(id))["valid"]!.GetValue<bool>().ShouldBeTrue();
    }
}
