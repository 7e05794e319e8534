using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Identity;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Tests;

/// <summary>A code from the phone after the password, and sign-in with a provider.</summary>
public sealed class SecondFactorSpec(string provider) : OnBothDatabases(provider)
{
    // RFC 6238, appendix B, the SHA-1 column, last six digits.
    [TestCase(59, "287082")]
    [TestCase(1111111109, "081804")]
    [TestCase(1111111111, "050471")]
    [TestCase(1234567890, "005924")]
    [TestCase(2000000000, "279037")]
    [TestCase(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Totp.Code(Encoding.ASCII.GetBytes("12345678901234567890"), seconds / Totp.SecondsPerStep).ShouldBe(code);

    [TestCase("", "")]
    [TestCase("f", "MY")]
    [TestCase("foobar", "MZXW6YTBOI")]
    public void The_key_is_written_as_apps_want_it(string bytes, string text) => Totp.Base32(Encoding.ASCII.GetBytes(bytes)).ShouldBe(text);

    static byte[] SecretOn(Visitor visitor)
    {
        var text = Regex.Match(visitor.Page.Html, "<code class=\"kept\">([A-Z2-7]+)</code>").Groups[1].Value;
        var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    string CodeNow(byte[] secret) => Totp.Code(secret, Totp.StepOf(Clock.GetUtcNow()));

    /// <summary>Somebody new who has put a second factor on.</summary>
    async Task<(string Id, string Name, byte[] Secret, List<string> Recovery)> WithPhone(string name)
    {
        var id = (await As(Roles.Administrator).Post("users", new { userName = name, displayName = "คนมีโทรศัพท์", office = World.Office, roles = new[] { Roles.Officer } })).Ok().Text("id");
        await World.Services.GetRequiredService<Passwords>().SetAsync(Guid.Parse(id), World.DemoPassword!, mustChange: false, null, null, CancellationToken.None);
        var visitor = World.Visitor();
        (await visitor.SignIn("", userName: name)).ShouldLeadTo("/");
        (await visitor.Go("/account/second-factor")).ShouldBe(200).Html.ShouldContain("<svg class=\"qr\"");
        var secret = SecretOn(visitor);
        (await visitor.Submit("/account/second-factor", ("code", "000000"))).ShouldSay("รหัสไม่ถูกต้อง");
        SecretOn(visitor).ShouldBe(secret, "the phone has scanned this one");
        (await visitor.Submit("/account/second-factor", ("code", CodeNow(secret)))).ShouldSay("เปิดใช้แล้ว", "รหัสสำรอง");
        return (id, name, secret, [.. Regex.Matches(visitor.Page.Html, "<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>").Select(m => m.Groups[1].Value)]);
    }

    [Test]
    public async Task After_the_password_comes_a_code_that_is_taken_once()
    {
        var (_, name, secret, _) = await WithPhone("phone-" + Provider);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var visitor = World.Visitor();
        (await visitor.SignIn("", userName: name)).ShouldBe(200).ShouldSay("รหัส 6 หลักจากโทรศัพท์");
        visitor.CookieNamed("pe_session").ShouldBeNull("the password alone opens nothing");
        (await visitor.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldLeadTo("/");
        (await visitor.Go("/")).ShouldBe(200);
        var again = World.Visitor();
        await again.SignIn("", userName: name);
        (await again.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldSay("ใช้ไปแล้ว");
        Clock.Advance(TimeSpan.FromMinutes(6));
        (await again.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldSay("นานเกินไป");
    }

    [Test]
    public async Task Five_wrong_codes_lock_however_often_the_password_is_right()
    {
        var (_, name, secret, _) = await WithPhone("guess-" + Provider);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var visitor = World.Visitor();
        for (var i = 0; i < 5; i++)
        {
            await visitor.SignIn("", userName: name);
            (await visitor.Submit("/sign-in?handler=code", ("code", "123456"))).ShouldSay("รหัสไม่ถูกต้อง");
        }

        (await visitor.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldSay("ลองใหม่ในอีก 5 นาที");
    }

    [Test]
    public async Task A_recovery_code_works_once_and_an_administrator_can_take_the_factor_off()
    {
        var (id, name, _, recovery) = await WithPhone("paper-" + Provider);
        recovery.Count.ShouldBe(10);
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        (await visitor.Submit("/sign-in?handler=code", ("code", recovery[3].ToUpperInvariant()))).ShouldLeadTo("/");
        (await visitor.Go("/account/second-factor")).ShouldSay("เหลือรหัสสำรอง 9 รหัส");
        var second = World.Visitor();
        await second.SignIn("", userName: name);
        (await second.Submit("/sign-in?handler=code", ("code", recovery[3]))).ShouldSay("รหัสไม่ถูกต้อง");
        (await Officer.Delete($"users/{id}/second-factor")).ShouldBeProblem(403, "not-allowed");
        (await As(Roles.Administrator).Delete($"users/{id}/second-factor")).Status.ShouldBe(204);
        (await visitor.Go("/")).Status.ShouldBe(302, "all sessions have ended");
        (await World.Visitor().SignIn("", userName: name)).ShouldLeadTo("/");
    }

    [Test]
    public async Task Only_its_owner_takes_it_off_with_the_password_and_the_old_factor()
    {
        var (_, name, _, recovery) = await WithPhone("off-" + Provider);
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        await visitor.Submit("/sign-in?handler=code", ("code", recovery[0]));
        await visitor.Go("/account/second-factor");
        const string Off = "/account/second-factor?handler=off";
        (await visitor.Submit(Off, ("password", "wrong password"), ("code", recovery[1]))).ShouldSay("รหัสผ่านไม่ถูกต้อง");
        (await visitor.Submit(Off, ("password", World.DemoPassword!), ("code", ""))).ShouldSay("รหัสไม่ถูกต้อง");
        (await visitor.Submit(Off, ("password", World.DemoPassword!), ("code", recovery[0]))).ShouldSay("ใช้ไปแล้ว");
        (await visitor.Submit(Off, ("password", World.DemoPassword!), ("code", recovery[1]))).ShouldLeadTo("/account/second-factor");
        (await World.Visitor().SignIn("", userName: name)).ShouldLeadTo("/");
    }

    /// <summary>What everybody can compute who reads the standard: the code of a secret of no bytes.</summary>
    string CodeOfNothing()
    {
        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, Totp.StepOf(Clock.GetUtcNow()));
#pragma warning disable CA5350 // As the standard has it.
        var hash = HMACSHA1.HashData(Array.Empty<byte>(), counter);
#pragma warning restore CA5350
        return ((BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & 0x7fff_ffff) % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    Task Store(string id, string secret) => World.ExecuteAsync("UPDATE second_factor SET secret = @secret WHERE user_id = @id", new { id = Guid.Parse(id), secret });

    Task<string> Stored(string id) => World.ScalarAsync<string>("SELECT secret FROM second_factor WHERE user_id = @id", new { id = Guid.Parse(id) });

    [Test]
    public async Task A_secret_that_the_services_keys_do_not_open_lets_nobody_in()
    {
        var (id, name, secret, recovery) = await WithPhone("sealed-" + Provider);
        // The key ring was lost: what it had sealed is there, and no key of today's opens it.
        var lost = new EphemeralDataProtectionProvider();
        await Store(id, lost.CreateProtector("second-factor", id).Protect(Convert.ToBase64String(secret)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        (await visitor.Submit("/sign-in?handler=code", ("code", CodeOfNothing()))).ShouldBe(200).ShouldSay("ระบบเปิดรหัสลับของโทรศัพท์ท่านไม่ได้", "ผู้ดูแลระบบ", "รหัสสำรอง");
        (await visitor.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldSay("ระบบเปิดรหัสลับของโทรศัพท์ท่านไม่ได้");
        visitor.CookieNamed("pe_session").ShouldBeNull();
        (await visitor.Submit("/sign-in?handler=code", ("code", recovery[0]))).ShouldLeadTo("/");
        foreach (var empty in new[] { "", "not sealed at all", lost.CreateProtector("second-factor").Protect("") })
        {
            await Store(id, empty);
            var again = World.Visitor();
            await again.SignIn("", userName: name);
            (await again.Submit("/sign-in?handler=code", ("code", CodeOfNothing()))).ShouldSay("ระบบเปิดรหัสลับของโทรศัพท์ท่านไม่ได้");
        }
    }

    [Test]
    public void Of_a_secret_of_no_bytes_there_is_no_code() => Should.Throw<ArgumentOutOfRangeException>(() => Totp.Code([], 1));

    [Test]
    public async Task A_secret_opens_the_account_that_it_was_sealed_for_and_no_other()
    {
        var (mine, _, secret, _) = await WithPhone("mine-" + Provider);
        var (theirs, name, _, _) = await WithPhone("theirs-" + Provider);
        await Store(theirs, await Stored(mine));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        (await visitor.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldSay("ระบบเปิดรหัสลับของโทรศัพท์ท่านไม่ได้");
        visitor.CookieNamed("pe_session").ShouldBeNull();
    }

    [Test]
    public async Task A_secret_that_was_sealed_for_all_alike_is_bound_to_its_account_when_it_is_used()
    {
        var (id, name, secret, _) = await WithPhone("older-" + Provider);
        var before = World.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("second-factor");
        await Store(id, before.Protect(Convert.ToBase64String(secret)));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        (await visitor.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldLeadTo("/");
        var now = await Stored(id);
        Should.Throw<CryptographicException>(() => before.Unprotect(now));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var again = World.Visitor();
        await again.SignIn("", userName: name);
        (await again.Submit("/sign-in?handler=code", ("code", CodeNow(secret)))).ShouldLeadTo("/");
    }

    [Test]
    public async Task A_second_factor_that_is_on_is_not_replaced_from_a_page_that_was_open_before()
    {
        var name = "tabs-" + Provider;
        var id = (await As(Roles.Administrator).Post("users", new { userName = name, displayName = "คนสองแท็บ", office = World.Office, roles = new[] { Roles.Officer } })).Ok().Text("id");
        await World.Services.GetRequiredService<Passwords>().SetAsync(Guid.Parse(id), World.DemoPassword!, mustChange: false, null, null, CancellationToken.None);
        var visitor = World.Visitor();
        await visitor.SignIn("", userName: name);
        await visitor.Go("/account/second-factor");
        var (other, form) = (SecretOn(visitor), visitor.FieldsOf("/account/second-factor"));
        await visitor.Go("/account/second-factor");
        (await visitor.Submit("/account/second-factor", ("code", CodeNow(SecretOn(visitor))))).ShouldSay("เปิดใช้แล้ว");
        var kept = await Stored(id);
        (await visitor.Post("/account/second-factor", form, ("code", CodeNow(other)))).ShouldBe(409).ShouldSay("เปิดใช้อยู่แล้ว");
        (await Stored(id)).ShouldBe(kept);
    }

    [Test]
    public async Task An_administrator_does_not_reset_their_own_by_page_or_api()
    {
        var own = (await As(Roles.Administrator).Get("users/me")).Ok().Text("id");
        (await As(Roles.Administrator).Delete($"users/{own}/second-factor")).ShouldBeProblem(403, "not-allowed");
        var administrator = World.Visitor();
        await administrator.SignIn(Roles.Administrator);
        await administrator.Go("/admin/people");
        (await administrator.Post("/admin/people?handler=factor", administrator.FieldsOf("/sign-out"), ("office", "demo"), ("user", own))).ShouldBe(403);
    }
}
