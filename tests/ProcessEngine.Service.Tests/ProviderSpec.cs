using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ProcessEngine.Core.Definitions;

namespace ProcessEngine.Service.Tests;

/// <summary>Sign-in by a provider: by whom it means, never by a name that it may give to somebody else.</summary>
[TestFixture("sqlite")]
[TestFixture("postgresql")]
public sealed class ProviderSpec(string provider)
{
    const string Link = "/account/sessions?handler=link";
    const string Unlink = "/account/sessions?handler=unlink";

    Authority authority = null!;
    World world = null!;

    [SetUp]
    public async Task Start()
    {
        authority = await Authority.StartAsync();
        // Ahead of the machine's clock, by which the test's own cookies expire.
        world = await World.StartAsync(provider, at: "2099-03-02 09:00", settings: authority.Settings);
    }

    [TearDown]
    public async Task End()
    {
        await world.DisposeAsync();
        await authority.DisposeAsync();
    }

    async Task<Visitor> Linked(string role, string subject)
    {
        var visitor = world.Visitor();
        await visitor.SignIn(role);
        (await visitor.Go("/account/sessions")).ShouldSay("เชื่อมกับ ผู้ให้บริการทดสอบ");
        authority.Subject = subject;
        await visitor.Submit(Link);
        (await Through(visitor)).ShouldLeadTo("/account/sessions");
        return visitor;
    }

    [Test]
    public async Task Whoever_tied_their_account_is_signed_in_by_the_provider_without_a_password()
    {
        var owner = await Linked(Roles.Director, "248289761001");
        (await owner.Follow()).ShouldSay("บัญชีของท่านเชื่อมไว้แล้ว");
        (await owner.Go("/notifications")).ShouldSay("บัญชีของท่านเชื่อมกับผู้ให้บริการ");

        var visitor = world.Visitor();
        (await visitor.Go("/sign-in")).ShouldSay("ลงชื่อเข้าใช้ด้วย ผู้ให้บริการทดสอบ");
        await visitor.Go("/sign-in/provider?next=%2Fcases");
        (await Through(visitor)).ShouldLeadTo("/cases");
        (await visitor.Follow()).ShouldBe(200).ShouldSay("ผู้อำนวยการ ตัวอย่าง");
        authority.Asked.ShouldContain("code_challenge_method=S256");
        authority.Asked.ShouldContain("nonce=");

        await owner.Go("/account/sessions");
        (await owner.Submit(Unlink)).ShouldLeadTo("/account/sessions");
        await visitor.Go("/sign-in/provider");
        (await Through(world.Visitor(), "/sign-in/provider")).ShouldLeadTo("/sign-in?failed=unknown");
    }

    [Test]
    public async Task A_name_opens_nothing()
    {
        authority.Name = "demo.director";
        authority.Subject = "somebody-else";
        var stranger = world.Visitor();
        (await Through(stranger, "/sign-in/provider")).ShouldLeadTo("/sign-in?failed=unknown");
        (await stranger.Follow()).ShouldSay("ยังไม่มีบัญชีที่เชื่อมกับท่าน");
        (await stranger.Go("/")).Status.ShouldBe(302);
    }

    [Test]
    public async Task One_person_at_the_provider_has_one_account_here()
    {
        await Linked(Roles.Director, "1");
        var other = world.Visitor();
        await other.SignIn(Roles.Clerk);
        await other.Go("/account/sessions");
        authority.Subject = "1";
        await other.Submit(Link);
        (await Through(other)).ShouldLeadTo("/account/sessions?linked=no");
        (await other.Follow()).ShouldSay("เชื่อมกับผู้ใช้อื่นแล้ว");
        var visitor = world.Visitor();
        await Through(visitor, "/sign-in/provider");
        (await visitor.Go("/")).ShouldSay("ผู้อำนวยการ ตัวอย่าง");
    }

    [Test]
    public async Task What_the_provider_did_not_sign_for_this_moment_is_refused()
    {
        await Linked(Roles.Director, "1");
        foreach (var forge in new Action<Authority>[] { a => a.ForgesKey = true, a => a.ForgesNonce = true, a => a.ForgesAudience = true })
        {
            (authority.ForgesKey, authority.ForgesNonce, authority.ForgesAudience) = (false, false, false);
            forge(authority);
            (await Through(world.Visitor(), "/sign-in/provider")).ShouldLeadTo("/sign-in?failed=provider");
        }

        (await world.Visitor().Go("/sign-in/callback?code=x&state=forged")).ShouldLeadTo("/sign-in?failed=provider");
    }

    [Test]
    public async Task It_leads_to_no_other_site()
    {
        await Linked(Roles.Director, "1");
        (await Through(world.Visitor(), "/sign-in/provider?next=%2F%2Felsewhere.example")).ShouldLeadTo("/");
    }

    [Test]
    public async Task Somebody_whose_account_is_closed_is_not_let_in()
    {
        await Linked(Roles.Clerk, "7");
        var id = (await world.As(Roles.Clerk).Get("users/me")).Ok().Text("id");
        (await world.As(Roles.Administrator).Post($"users/{id}/deactivate", new { reason = "ลาออก" })).Status.ShouldBe(204);
        (await Through(world.Visitor(), "/sign-in/provider")).ShouldLeadTo("/sign-in?failed=unknown");
    }

    [Test]
    public async Task Without_the_settings_there_is_no_such_way_in()
    {
        await using var plain = await World.StartAsync(provider);
        (await plain.Visitor().Go("/sign-in/provider")).ShouldBe(404);
    }

    static async Task<Shown> Through(Visitor visitor, string path)
    {
        await visitor.Go(path);
        return await Through(visitor);
    }

    /// <summary>To the provider, which sends the browser back at once, and to where we then send it.</summary>
    static async Task<Shown> Through(Visitor visitor)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = (await browser.GetAsync(new Uri(visitor.Page.Location!))).Headers.Location!;
        return await visitor.Go(back.PathAndQuery);
    }

    /// <summary>A provider that lets everybody in, as whom the test says.</summary>
    sealed class Authority(WebApplication app, RSA rsa) : IAsyncDisposable
    {
        public string Subject { get; set; } = "";
        public string Name { get; set; } = "";
        public bool ForgesKey { get; set; }
        public bool ForgesNonce { get; set; }
        public bool ForgesAudience { get; set; }
        public string Asked { get; private set; } = "";
        public Dictionary<string, string> Settings { get; } = [];

        string Issuer => app.Urls.First();

        public static async Task<Authority> StartAsync()
        {
            var builder = WebApplication.CreateBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            var authority = new Authority(builder.Build(), RSA.Create(2048));
            authority.Map();
            await authority.Serve();
            return authority;
        }

        async Task Serve()
        {
            await app.StartAsync();
            foreach (var (name, value) in new (string, string)[]
            {
                ("Name", "ผู้ให้บริการทดสอบ"), ("Authority", Issuer), ("ClientId", "processengine"), ("ClientSecret", "geheim"),
            })
            {
                Settings["ProcessEngine:SignIn:" + name] = value;
            }
        }

        void Map()
        {
            var nonce = "";
            app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
            {
                issuer = Issuer,
                authorization_endpoint = $"{Issuer}/authorize",
                token_endpoint = $"{Issuer}/token",
                jwks_uri = $"{Issuer}/keys",
            }));
            app.MapGet("/keys", () =>
            {
                var key = rsa.ExportParameters(false);
                return Results.Json(new
                {
                    keys = new[]
                    {
                        new
                        {
                            kty = "RSA", use = "sig", alg = "RS256", kid = "1",
                            n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent),
                        },
                    },
                });
            });
            app.MapGet("/authorize", (HttpContext http) =>
            {
                Asked = http.Request.QueryString.Value!;
                nonce = http.Request.Query["nonce"]!;
                var state = Uri.EscapeDataString(http.Request.Query["state"]!);
                return Results.Redirect($"{http.Request.Query["redirect_uri"]}?code=abc&state={state}");
            });
            app.MapPost("/token", async (HttpContext http) =>
            {
                var form = await http.Request.ReadFormAsync();
                return form["code_verifier"].Count == 1 && form["client_secret"] == "geheim"
                    ? Results.Json(new { access_token = "token-1", token_type = "Bearer", id_token = IdToken(nonce) })
                    : Results.BadRequest();
            });
        }

        string IdToken(string nonce)
        {
            using var another = RSA.Create(2048);
            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Issuer,
                Audience = ForgesAudience ? "another-service" : "processengine",
                IssuedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
                NotBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-1),
                Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddYears(100),
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = Subject,
                    ["nonce"] = ForgesNonce ? "of-another-time" : nonce,
                    ["preferred_username"] = Name,
                },
                SigningCredentials = new SigningCredentials(
                    new RsaSecurityKey(ForgesKey ? another.ExportParameters(true) : rsa.ExportParameters(true)) { KeyId = "1" },
                    SecurityAlgorithms.RsaSha256),
            });
        }

        public async ValueTask DisposeAsync()
        {
            await app.DisposeAsync();
            rsa.Dispose();
        }
    }
}
