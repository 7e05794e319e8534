namespace ProcessEngine.Core.Definitions;

/// <summary>The roles that people hold in an office. One vocabulary for every manual.</summary>
public static class Roles
{
    public const string Officer = "officer";
    public const string GroupDirector = "groupDirector";
    public const string DeputyDirector = "deputyDirector";
    public const string Director = "director";
    public const string CommitteeMember = "committeeMember";
    public const string Clerk = "clerk";
    public const string ComputerOfficer = "computerOfficer";
    public const string InformationOfficer = "informationOfficer";
    public const string AvOfficer = "avOfficer";

    /// <summary>Another post than <see cref="AvOfficer"/>: no professional level. The manual of chiangmai-2 is written for it.</summary>
    public const string AvEquipmentOfficer = "avEquipmentOfficer";
    public const string ProcessOwner = "processOwner";
    public const string Auditor = "auditor";
    public const string Administrator = "administrator";

    enum Kind
    {
        /// <summary>Does steps.</summary>
        Works,

        /// <summary>Does steps; not every office has somebody in it.</summary>
        Specialised,

        /// <summary>Does steps, and decides on others' work.</summary>
        Decides,

        /// <summary>Looks after the system.</summary>
        LooksAfter,
    }

    // A new role says here who is told first when a step of it is late; the director has nobody above in the office.
    static readonly (string Role, Kind Kind, string Supervisor, LocalizedText Name)[] Table =
    [
        (Officer, Kind.Works, GroupDirector, new("เจ้าหน้าที่ในกลุ่ม", "Officer of the group")),
        (GroupDirector, Kind.Decides, DeputyDirector, new("ผู้อำนวยการกลุ่ม", "Group director")),
        (DeputyDirector, Kind.Decides, Director, new("รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", "Deputy director of the office")),
        (Director, Kind.Decides, Director, new("ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", "Director of the office")),
        (CommitteeMember, Kind.Decides, GroupDirector, new("กรรมการ/คณะทำงาน", "Committee member")),
        (Clerk, Kind.Specialised, GroupDirector, new("เจ้าหน้าที่ธุรการ", "Clerk")),
        (ComputerOfficer, Kind.Specialised, GroupDirector, new("นักวิชาการคอมพิวเตอร์", "Computer officer")),
        (InformationOfficer, Kind.Specialised, GroupDirector, new("เจ้าหน้าที่สารสนเทศ", "Information officer")),
        (AvOfficer, Kind.Specialised, GroupDirector, new("นักวิชาการโสตทัศนศึกษา", "Audio-visual officer")),
        (AvEquipmentOfficer, Kind.Specialised, GroupDirector, new("เจ้าหน้าที่โสตทัศนูปกรณ์", "Audio-visual equipment officer")),
        (ProcessOwner, Kind.LooksAfter, Director, new("เจ้าของกระบวนงาน", "Process owner")),
        (Auditor, Kind.LooksAfter, Director, new("ผู้ตรวจสอบภายใน", "Auditor")),
        (Administrator, Kind.LooksAfter, Director, new("ผู้ดูแลระบบ", "Administrator")),
    ];

    /// <summary>Every role, in the order in which an office lists them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Role)];

    /// <summary>The roles that do the steps of a procedure; the others look after the system.</summary>
    public static IReadOnlyList<string> Acting { get; } = [.. Table.Where(row => row.Kind != Kind.LooksAfter).Select(row => row.Role)];

    /// <summary>Posts that not every office has somebody in; there somebody else stands in for them.</summary>
    public static IReadOnlyList<string> Specialised { get; } = Of(Kind.Specialised);

    /// <summary>The roles by which one decides on others' work. Nobody gives them to themselves, and no program holds them.</summary>
    public static IReadOnlyList<string> Deciding { get; } = Of(Kind.Decides);

    static string[] Of(Kind kind) => [.. Table.Where(row => row.Kind == kind).Select(row => row.Role)];

    public static LocalizedText NameOf(string role) =>
        Table.FirstOrDefault(row => row.Role == role).Name ?? new LocalizedText(role, role);

    /// <summary>As an office of this kind prints it: manuals write ผอ.สพป./สพม./สพท. and mean one post.</summary>
    public static LocalizedText NameOf(string role, OfficeKind kind)
    {
        var name = NameOf(role);
        return role is not (Director or DeputyDirector) ? name : kind switch
        {
            OfficeKind.Primary => new(name.Th + "ประถมศึกษา", name.En + " (primary)"),
            OfficeKind.Secondary => new(name.Th + "มัธยมศึกษา", name.En + " (secondary)"),
            OfficeKind.Area => name,
        };
    }

    /// <summary>The short form that stands in a chart's box; the name where there is none.</summary>
    public static string ShortNameOf(string role, OfficeKind kind)
    {
        var office = kind switch { OfficeKind.Primary => "สพป.", OfficeKind.Secondary => "สพม.", OfficeKind.Area => "สพท." };
        return role switch
        {
            Director => "ผอ." + office,
            DeputyDirector => "รอง ผอ." + office,
            GroupDirector => "ผอ.กลุ่ม",
            _ => NameOf(role).Th,
        };
    }

    /// <summary>Who is told first when a step of this role is late. The director has nobody above in the office.</summary>
    public static string SupervisorOf(string role)
    {
        foreach (var row in Table)
        {
            if (row.Role == role)
                return row.Supervisor;
        }

        // No role at all: a definition that names one is refused, but can be looked at.
        return Director;
    }
}

/// <summary>What sort of education service area an office looks after.</summary>
public enum OfficeKind
{
    /// <summary>Either, or not known: สพท.</summary>
    Area,

    /// <summary>Primary education: สพป.</summary>
    Primary,

    /// <summary>Secondary education: สพม.</summary>
    Secondary,
}
