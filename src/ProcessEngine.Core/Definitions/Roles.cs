namespace ProcessEngine.Core.Definitions;

/// <summary>The roles that people hold in an office. One vocabulary for every manual.</summary>
public static class Roles
{
    public const string Officer = "officer";
    public const string GroupDirector = "groupDirector";
    public const string DeputyDirector = "deputyDirector";
    public const string Director = "director";
    public const string CommitteeMember = "committeeMember";
    public const string ProcessOwner = "processOwner";
    public const string Auditor = "auditor";
    public const string Administrator = "administrator";

    static readonly (string Role, LocalizedText Name)[] Table =
    [
        (Officer, new("เจ้าหน้าที่ในกลุ่ม", "Officer of the group")),
        (GroupDirector, new("ผู้อำนวยการกลุ่ม", "Group director")),
        (DeputyDirector, new("รองผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", "Deputy director of the office")),
        (Director, new("ผู้อำนวยการสำนักงานเขตพื้นที่การศึกษา", "Director of the office")),
        (CommitteeMember, new("กรรมการ/คณะทำงาน", "Committee member")),
        (ProcessOwner, new("เจ้าของกระบวนงาน", "Process owner")),
        (Auditor, new("ผู้ตรวจสอบภายใน", "Auditor")),
        (Administrator, new("ผู้ดูแลระบบ", "Administrator")),
    ];

    /// <summary>Every role, in the order in which an office lists them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Role)];

    /// <summary>The roles that do the steps of a procedure; the others look after the system.</summary>
    public static IReadOnlyList<string> Acting { get; } = [Officer, GroupDirector, DeputyDirector, Director, CommitteeMember];

    public static LocalizedText NameOf(string role) =>
        Table.FirstOrDefault(row => row.Role == role).Name ?? new LocalizedText(role, role);

    /// <summary>Who is told first when a step of this role is late. The director has nobody above in the office.</summary>
    public static string SupervisorOf(string role) => role switch
    {
        Officer or CommitteeMember => GroupDirector,
        GroupDirector => DeputyDirector,
        _ => Director,
    };
}
