using System.Runtime.InteropServices;
using System.Text;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>What work is told apart by that belongs to the procedure.</summary>
readonly record struct WorkKind(string Definition, int Version, string Step, string? Role, int? Priority);

/// <summary>Who did it, and in which group they were then.</summary>
readonly record struct Worker(Guid? Person, Guid? Group);

/// <summary>
/// All that was measured of the work that came to an office in a month, in few bytes: some millions of rows are read as some hundreds of
/// sheets. Nothing is rounded or left out that a report asks for, so figures of sheets are figures of rows.
/// </summary>
sealed class MonthSheet(string office, int month)
{
    /// <summary>In the table: the sheet of the clocks, and of the tasks.</summary>
    public const string Clocks = "clock";
    public const string Tasks = "task";

    /// <summary>Cells of a row. First of both: indexes of <see cref="Kinds"/> and <see cref="Workers"/>.</summary>
    public const int Kind = 0;
    public const int Who = 1;

    /// <summary>Of a clock: index of <see cref="Results"/>; per cent used and minutes stood are one more than they are, 0: none.</summary>
    public const int Result = 2;
    public const int Percent = 3;
    public const int Stood = 4;
    public const int Pauses = 5;
    public const int Extensions = 6;

    /// <summary>Of a task: index of <see cref="Cases"/> and of <see cref="Outcomes"/>; minutes as above.</summary>
    public const int Case = 2;
    public const int Waited = 3;
    public const int Worked = 4;
    public const int Attempt = 5;
    public const int Outcome = 6;

    /// <summary>1 where no limit is stated.</summary>
    public const int NoLimit = 7;

    const int Width = 8;
    const byte Format = 2;

    readonly Dictionary<WorkKind, int> kindAt = [];
    readonly Dictionary<Worker, int> workerAt = [];
    readonly Dictionary<Guid, int> caseAt = [];
    readonly List<int> cells = [];

    public static IReadOnlyList<string> Results { get; } = ["early", "within", "late"];
    public static IReadOnlyList<string> Outcomes { get; } = ["completed", "approved", "returned", "rejected"];

    public string Office => office;

    /// <summary>Gregorian, as yyyymm.</summary>
    public int Month => month;

    public List<WorkKind> Kinds { get; } = [];
    public List<Worker> Workers { get; } = [];
    public List<Guid> Cases { get; } = [];
    public int Count => cells.Count / Width;

    public ReadOnlySpan<int> Row(int index) => CollectionsMarshal.AsSpan(cells).Slice(index * Width, Width);

    public void AddClock(WorkKind kind, Worker who, string result, int? percent, int? stood, int pauses, int extensions) =>
        cells.AddRange(
            [
                At(kindAt, Kinds, kind), At(workerAt, Workers, who), IndexOf(Results, result), OrNone(percent), OrNone(stood), pauses,
                extensions, 0,
            ]);

    public void AddTask(WorkKind kind, Worker who, Guid inCase, int? waited, int? worked, int attempt, string outcome, bool noLimit) =>
        cells.AddRange(
            [
                At(kindAt, Kinds, kind), At(workerAt, Workers, who), At(caseAt, Cases, inCase), OrNone(waited), OrNone(worked), attempt,
                IndexOf(Outcomes, outcome), noLimit ? 1 : 0,
            ]);

    /// <summary>What a cell holds that may be empty.</summary>
    public static int? Value(int cell) => cell == 0 ? null : cell - 1;

    static int OrNone(int? value) => value is { } known ? known + 1 : 0;

    /// <summary>A name of the list; the place after the last for any other.</summary>
    static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
                return i;
        }

        return names.Count;
    }

    static int At<T>(Dictionary<T, int> known, List<T> all, T one)
        where T : notnull
    {
        ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(known, one, out var exists);
        if (!exists)
        {
            index = all.Count;
            all.Add(one);
        }

        return index;
    }

    public byte[] ToBytes()
    {
        using var into = new MemoryStream();
        using (var writer = new BinaryWriter(into, Encoding.UTF8))
        {
            writer.Write(Format);
            writer.Write7BitEncodedInt(Kinds.Count);
            foreach (var kind in Kinds)
            {
                writer.Write(kind.Definition);
                writer.Write7BitEncodedInt(kind.Version);
                writer.Write(kind.Step);
                writer.Write(kind.Role ?? "");
                writer.Write7BitEncodedInt(OrNone(kind.Priority));
            }

            writer.Write7BitEncodedInt(Workers.Count);
            foreach (var worker in Workers)
            {
                writer.Write((worker.Person ?? Guid.Empty).ToByteArray());
                writer.Write((worker.Group ?? Guid.Empty).ToByteArray());
            }

            writer.Write7BitEncodedInt(Cases.Count);
            foreach (var one in Cases)
                writer.Write(one.ToByteArray());
            writer.Write7BitEncodedInt(Count);
            foreach (var cell in cells)
                writer.Write7BitEncodedInt(cell);
        }

        return into.ToArray();
    }

    /// <exception cref="InvalidDataException">It is of a format that this program does not know.</exception>
    public static MonthSheet Read(string office, int month, byte[] bytes)
    {
        var from = new PackedReader(bytes);
        if (from.Byte() != Format)
            throw new InvalidDataException($"The sheet of {office} {month} is of another format.");
        var sheet = new MonthSheet(office, month);
        for (var n = from.Number(); n > 0; n--)
        {
            var (definition, version, step, role, priority) = (from.Text(), from.Number(), from.Text(), from.Text(), from.Number());
            sheet.Kinds.Add(new WorkKind(definition, version, step, role.Length == 0 ? null : role, Value(priority)));
        }

        for (var n = from.Number(); n > 0; n--)
            sheet.Workers.Add(new Worker(OrNull(from.Id()), OrNull(from.Id())));
        for (var n = from.Number(); n > 0; n--)
            sheet.Cases.Add(from.Id());
        var count = from.Number() * Width;
        CollectionsMarshal.SetCount(sheet.cells, count);
        var cells = CollectionsMarshal.AsSpan(sheet.cells);
        for (var i = 0; i < count; i++)
            cells[i] = from.Number();
        return sheet;
    }

    static Guid? OrNull(Guid id) => id == Guid.Empty ? null : id;
}
