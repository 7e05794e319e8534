using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Service.Kernel;
using ProcessEngine.Service.Offices.Calendars;
using ProcessEngine.Service.Storage;

namespace ProcessEngine.Service.Identity;

/// <summary>The first key of an empty system, and the demonstration office.</summary>
public sealed class FirstStart(Database database, AccountLinks links, PasswordHashing hashing, TimeProvider time)
{
    public const string KeyVariable = "PROCESSENGINE_BOOTSTRAP_API_KEY";
    public const string DemoOffice = "demo";
    public const string DemoKeysFile = "demo-keys.json";
    public const string DemoPasswordsFile = "demo-passwords.json";

    const string AdministratorName = "administrator";
    const int ShortestKey = 24;
    const double FewestBits = 80;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Invented people, one for each role.
    static readonly (string Role, string Name)[] DemoPeople =
    [
        (Roles.Officer, "เจ้าหน้าที่ ตัวอย่าง"),
        (Roles.GroupDirector, "ผู้อำนวยการกลุ่ม ตัวอย่าง"),
        (Roles.DeputyDirector, "รองผู้อำนวยการ ตัวอย่าง"),
        (Roles.Director, "ผู้อำนวยการ ตัวอย่าง"),
        (Roles.CommitteeMember, "กรรมการ ตัวอย่าง"),
        (Roles.Clerk, "เจ้าหน้าที่ธุรการ ตัวอย่าง"),
        (Roles.ComputerOfficer, "นักวิชาการคอมพิวเตอร์ ตัวอย่าง"),
        (Roles.InformationOfficer, "เจ้าหน้าที่สารสนเทศ ตัวอย่าง"),
        (Roles.AvOfficer, "นักวิชาการโสตทัศนศึกษา ตัวอย่าง"),
        (Roles.AvEquipmentOfficer, "เจ้าหน้าที่โสตทัศนูปกรณ์ ตัวอย่าง"),
        (Roles.ProcessOwner, "เจ้าของกระบวนงาน ตัวอย่าง"),
        (Roles.Auditor, "ผู้ตรวจสอบ ตัวอย่าง"),
        (Roles.Administrator, "ผู้ดูแลระบบ ตัวอย่าง"),
    ];

    /// <summary>
    /// Makes the first administrator when there is none. The key is shown once, or is the one that the environment gives.
    /// </summary>
    public async Task EnsureAdministratorAsync(string? givenKey, CancellationToken ct)
    {
        // Left empty in a file of settings is not given.
        givenKey = string.IsNullOrWhiteSpace(givenKey) ? null : givenKey;
        if (givenKey is not null && (givenKey.Length < ShortestKey || BitsOf(givenKey) < FewestBits))
        {
            throw new SettingsException(
                KeyVariable,
                $"can be guessed: it must have at least {ShortestKey} characters that do not repeat themselves, "
                + "as openssl rand -base64 32 makes them");
        }

        if (await ExistsAsync(AdministratorName, ct))
            return;

        var key = givenKey ?? ApiKeys.NewSecret();
        if (!await CreateAsync([(AdministratorName, "ผู้ดูแลระบบ", Caller.EveryOffice, Roles.Administrator, key)], null, ct))
            return;
        if (givenKey is null)
            Console.WriteLine($"\nFirst start: administrator key (shown once)\n  {key}\n");
    }

    /// <summary>
    /// Until somebody can sign in who looks after the system, each start prints a link by which the first one chooses their name and
    /// password. The one before then holds no longer.
    /// </summary>
    /// <returns>Prints it, when it is told the address of the pages; null when there is nothing to print.</returns>
    public async Task<Action<string>?> InviteFirstAdministratorAsync(CancellationToken ct) => await links.MakeFirstAsync(ct) switch
    {
        { Token: { } token } => address => Console.WriteLine(
            $"\nNobody can sign in yet. เปิดลิงก์นี้เพื่อตั้งผู้ดูแลระบบคนแรก / Open this to set up the first administrator "
                + $"(once, within {AccountLinks.FirstHoldsFor.TotalHours:0} hours):\n"
                + $"  {address.TrimEnd('/')}{AccountLinks.AddressOf(token)}\n"),
        { MadeAt: { } at } => _ => Console.WriteLine(
            $"\nNobody can sign in yet. Another start printed the link for the first administrator at {at:u}; "
                + "start again in a minute for a new one.\n"),
        _ => null,
    };

    /// <summary>
    /// What a text tells at most, were each of its characters drawn by how often it stands in it: few for what is short, or says the same
    /// again.
    /// </summary>
    static double BitsOf(string text)
    {
        var bits = -text.GroupBy(c => c).Sum(same => same.Count() * Math.Log2((double)same.Count() / text.Length));
        // One piece over and over tells no more than the piece.
        var period = Enumerable.Range(1, text.Length).First(p => text.AsSpan(p).SequenceEqual(text.AsSpan(0, text.Length - p)));
        return bits * period / text.Length;
    }

    /// <summary>
    /// Seeds the office <c>demo</c> with one person per role; their keys go to the console and to a file in the data folder.
    /// </summary>
    public async Task EnsureDemoAsync(string dataFolder, CancellationToken ct)
    {
        var file = Path.Combine(dataFolder, DemoKeysFile);
        if (!await ExistsAsync($"{DemoOffice}.{Roles.Officer}", ct))
        {
            var keys = DemoPeople.ToDictionary(p => p.Role, _ => ApiKeys.NewSecret());
            var created = await CreateAsync(
                [.. DemoPeople.Select(p => (
                    $"{DemoOffice}.{p.Role}",
                    p.Name,
                    p.Role == Roles.Administrator ? Caller.EveryOffice : DemoOffice,
                    p.Role,
                    keys[p.Role]))],
                (DemoOffice, "สำนักงานเขตพื้นที่การศึกษาตัวอย่าง", "Demonstration office", "TH-40"),
                ct);
            if (created)
                await WritePrivateAsync(file, keys, ct);
        }

        var passwords = await EnsureDemoPasswordsAsync(Path.Combine(dataFolder, DemoPasswordsFile), ct);
        if (File.Exists(file))
            Console.WriteLine($"\nDemonstration office \"{DemoOffice}\": keys in {file}\n{await File.ReadAllTextAsync(file, ct)}");
        if (File.Exists(passwords))
            Console.WriteLine(
                "\nThe same people sign in to the pages with (user name: password, in "
                    + $"{passwords})\n{await File.ReadAllTextAsync(passwords, ct)}");
    }

    /// <summary>
    /// One password for all of them: they are invented, and whoever tries the demonstration changes from one to the other.
    /// </summary>
    async Task<string> EnsureDemoPasswordsAsync(string file, CancellationToken ct)
    {
        var names = DemoPeople.Select(p => $"{DemoOffice}.{p.Role}").ToArray();
        List<Guid> without;
        await using (var connection = await database.OpenAsync(ct))
        {
            without = [];
            foreach (var name in names)
            {
                without.AddRange(await connection.QueryAsync<Guid>(
                    "SELECT user_id FROM app_user WHERE user_name = @name AND user_id NOT IN (SELECT user_id FROM credential)",
                    new { name }));
            }
        }

        if (without.Count < names.Length)
            return file;
        var password = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 12);
        var (hash, now) = (hashing.HashOf(password), Instants.Truncate(time.GetUtcNow()));
        var stored = await database.TransactAsync(
            async session =>
            {
                foreach (var user in without)
                {
                    Passwords.Enqueue(session, user, hash, Passwords.NewStamp(), mustChange: false, now);
                    await AdministrationTrail.RecordAsync(session, null, new AdministrationAct("password-set", DemoOffice, user), now);
                }

                return true;
            },
            ct);
        if (stored)
            await WritePrivateAsync(file, names.ToDictionary(name => name, _ => password), ct);
        return file;
    }

    static async Task WritePrivateAsync(string file, Dictionary<string, string> keys, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var stream = new FileStream(file, options);
        await JsonSerializer.SerializeAsync(stream, keys, Indented, ct);
    }

    async Task<bool> ExistsAsync(string userName, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        return await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM app_user WHERE user_name = @userName", new { userName }) > 0;
    }

    /// <returns>False when another node was first.</returns>
    async Task<bool> CreateAsync(
        (string UserName, string DisplayName, string Office, string Role, string Key)[] people,
        (string Code, string Th, string En, string Province)? office,
        CancellationToken ct)
    {
        var now = Instants.Truncate(time.GetUtcNow());
        try
        {
            return await database.TransactAsync(
                async session =>
                {
                    if (office is { } o)
                        session.Enqueue(
                            "INSERT INTO office (code, name_th, name_en, province, created_at) VALUES ($1, $2, $3, $4, $5)", o.Code, o.Th,
                            o.En, o.Province, now);
                    foreach (var (userName, displayName, place, role, key) in people)
                    {
                        var id = Guid.CreateVersion7(now);
                        Accounts.Add(session, id, userName, displayName, Accounts.Person, place, now);
                        Accounts.Give(session, id, place, role);
                        ApiKeys.Add(session, Guid.CreateVersion7(now), id, key, "first start", null, now);
                        await AdministrationTrail.RecordAsync(
                            session, null,
                            new AdministrationAct("user-created", place, id, new { userName, roles = new[] { role }, withKey = true }),
                            now);
                    }

                    return true;
                },
                ct);
        }
        catch (WriteConflictException)
        {
            return false;
        }
    }
}
