using System.Text;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>By what a digest counts cases: each for itself, as a case that is in two steps is in one procedure.</summary>
enum CasesBy
{
    Definition,
    Step,
    Version,
    Role,
    Priority,
    Group,
}

/// <summary>What is told apart in a digest. Of a count of cases, only what it is counted by and the procedure are set.</summary>
readonly record struct DigestKey(WorkKind Kind, Guid? Group)
{
    /// <summary>The key by which cases are counted.</summary>
    public DigestKey Only(CasesBy by)
    {
        var bare = new WorkKind(Kind.Definition, 0, "", null, null);
        return by switch
        {
            CasesBy.Step => new DigestKey(bare with { Step = Kind.Step }, null),
            CasesBy.Version => new DigestKey(bare with { Version = Kind.Version }, null),
            CasesBy.Role => new DigestKey(bare with { Role = Kind.Role }, null),
            CasesBy.Priority => new DigestKey(bare with { Priority = Kind.Priority }, null),
            CasesBy.Group => new DigestKey(bare, Group),
            _ => new DigestKey(bare, null),
        };
    }

    public static Comparison<DigestKey> Order { get; } = (a, b) =>
    {
        var order = string.CompareOrdinal(a.Kind.Definition, b.Kind.Definition);
        order = order != 0 ? order : a.Kind.Version.CompareTo(b.Kind.Version);
        order = order != 0 ? order : string.CompareOrdinal(a.Kind.Step, b.Kind.Step);
        order = order != 0 ? order : string.CompareOrdinal(a.Kind.Role, b.Kind.Role);
        order = order != 0 ? order : Nullable.Compare(a.Kind.Priority, b.Kind.Priority);
        return order != 0 ? order : Nullable.Compare(a.Group, b.Group);
    };
}

/// <summary>
/// All that was measured of an office, or of all together, in a month or a fiscal year, added up by what it is told apart by. It is as
/// long as there are different steps and times, however much work there was.
/// </summary>
/// <remarks>
/// A case is in several months. So a digest counts its cases by the month in which each was there last before (0: in none): a period has
/// those that were not there before within it, and of whatever months, they add up to how many there were.
/// </remarks>
sealed class Digest(string what)
{
    const byte Format = 1;

    readonly Dictionary<DigestKey, Total> totals = [];
    readonly Dictionary<(CasesBy By, DigestKey Key), SortedDictionary<int, long>> cases = [];

    public Total Of(DigestKey key) => totals.TryGetValue(key, out var total) ? total : totals[key] = new Total(what);

    /// <param name="before">The month in which these cases were there last before; 0: in none.</param>
    public void AddCases(CasesBy by, DigestKey key, int before, long number)
    {
        if (!cases.TryGetValue((by, key), out var counts))
            cases.Add((by, key), counts = []);
        counts[before] = counts.GetValueOrDefault(before) + number;
    }

    /// <summary>Adds another, of another office or another month.</summary>
    /// <param name="since">The first month of what is added up: a case that was there from then on is counted already.</param>
    /// <param name="groups">False to forget groups, which are of one office.</param>
    public void Add(StoredDigest other, int since, bool groups)
    {
        foreach (var cell in other.Cells)
        {
            var total = Of(groups ? cell.Key : cell.Key with { Group = null });
            total.Add(cell.Counts);
            for (var i = 0; i < total.Spreads.Length; i++)
                total.Spreads[i].Read(cell.Spread(i));
        }

        foreach (var (by, key, before, number) in other.Cases)
        {
            if (before < since && (groups || by != CasesBy.Group))
                AddCases(by, key, before, number);
        }
    }

    public (byte[] Counts, byte[] Spreads) ToBytes()
    {
        using MemoryStream counts = new(), spreads = new();
        using (BinaryWriter into = new(counts, Encoding.UTF8, leaveOpen: true), wide = new(spreads, Encoding.UTF8, leaveOpen: true))
        {
            into.Write(Format);
            var names = new Names();
            var keys = totals.Keys.ToList();
            keys.Sort(DigestKey.Order);
            var counted = cases.Keys.ToList();
            counted.Sort((a, b) => a.By != b.By ? a.By.CompareTo(b.By) : DigestKey.Order(a.Key, b.Key));
            foreach (var key in keys.Concat(counted.Select(c => c.Key)))
                names.Learn(key);
            names.Write(into);
            into.Write7BitEncodedInt(keys.Count);
            foreach (var key in keys)
            {
                names.Write(into, key);
                var total = totals[key];
                foreach (var count in total.Counts)
                    into.Write7BitEncodedInt64(count);
                foreach (var spread in total.Spreads)
                {
                    var begun = spreads.Position;
                    spread.Write(wide);
                    wide.Flush();
                    into.Write7BitEncodedInt((int)(spreads.Position - begun));
                }
            }

            into.Write7BitEncodedInt(counted.Count);
            foreach (var one in counted)
            {
                into.Write((byte)one.By);
                names.Write(into, one.Key);
                into.Write7BitEncodedInt(cases[one].Count);
                foreach (var (before, number) in cases[one])
                {
                    into.Write7BitEncodedInt(before);
                    into.Write7BitEncodedInt64(number);
                }
            }
        }

        return (counts.ToArray(), spreads.ToArray());
    }

    /// <summary>Each text and group once; a key names them by number.</summary>
    sealed class Names
    {
        readonly Dictionary<string, int> texts = new(StringComparer.Ordinal);
        readonly Dictionary<Guid, int> groups = [];

        public void Learn(DigestKey key)
        {
            texts.TryAdd(key.Kind.Definition, texts.Count);
            texts.TryAdd(key.Kind.Step, texts.Count);
            texts.TryAdd(key.Kind.Role ?? "", texts.Count);
            groups.TryAdd(key.Group ?? Guid.Empty, groups.Count);
        }

        public void Write(BinaryWriter into)
        {
            into.Write7BitEncodedInt(texts.Count);
            foreach (var text in texts.OrderBy(t => t.Value))
                into.Write(text.Key);
            into.Write7BitEncodedInt(groups.Count);
            foreach (var group in groups.OrderBy(g => g.Value))
                into.Write(group.Key.ToByteArray());
        }

        public void Write(BinaryWriter into, DigestKey key)
        {
            into.Write7BitEncodedInt(texts[key.Kind.Definition]);
            into.Write7BitEncodedInt(key.Kind.Version);
            into.Write7BitEncodedInt(texts[key.Kind.Step]);
            into.Write7BitEncodedInt(texts[key.Kind.Role ?? ""]);
            into.Write7BitEncodedInt(key.Kind.Priority is { } priority ? priority + 1 : 0);
            into.Write7BitEncodedInt(groups[key.Group ?? Guid.Empty]);
        }
    }

    public static StoredDigest Read(string what, byte[] counts, byte[] spreads) => Read(what, counts, spreads, _ => true);

    /// <param name="by">Of cases, only by what they are counted here; null: nobody asks for cases.</param>
    public static StoredDigest Read(string what, byte[] counts, byte[] spreads, CasesBy? by) => by is { } one
        ? Read(what, counts, spreads, of => of == one)
        : Read(what, counts, spreads, (Func<CasesBy, bool>?)null);

    static StoredDigest Read(string what, byte[] counts, byte[] spreads, Func<CasesBy, bool>? wanted)
    {
        var from = new PackedReader(counts);
        if (from.Byte() != Format)
            throw new InvalidDataException("A digest is of another format.");
        var texts = new string[from.Number()];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = from.Text();
        var groups = new Guid?[from.Number()];
        for (var i = 0; i < groups.Length; i++)
            groups[i] = from.Id() is var id && id == Guid.Empty ? null : id;
        var (cells, at) = (new StoredDigest.Cell[from.Number()], 0);
        for (var i = 0; i < cells.Length; i++)
        {
            var key = Key(ref from, texts, groups);
            var numbers = new long[Total.Width];
            for (var n = 0; n < numbers.Length; n++)
                numbers[n] = from.Long();
            var parts = new ReadOnlyMemory<byte>[Total.SpreadsOf(what)];
            for (var n = 0; n < parts.Length; n++)
            {
                var length = from.Number();
                // Whoever asks for counts only has not read the rest.
                parts[n] = spreads.Length == 0 ? default : spreads.AsMemory(at, length);
                at += length;
            }

            cells[i] = new StoredDigest.Cell(key, numbers, parts);
        }

        var cases = new List<(CasesBy, DigestKey, int, long)>();
        for (var left = wanted is null ? 0 : from.Number(); left > 0; left--)
        {
            var (by, key) = ((CasesBy)from.Byte(), Key(ref from, texts, groups));
            for (var n = from.Number(); n > 0; n--)
            {
                var (before, number) = (from.Number(), from.Long());
                if (wanted!(by))
                    cases.Add((by, key, before, number));
            }
        }

        return new StoredDigest(cells, cases);
    }

    static DigestKey Key(ref PackedReader from, string[] texts, Guid?[] groups)
    {
        var (definition, version, step, role, priority, group) =
            (from.Number(), from.Number(), from.Number(), from.Number(), from.Number(), from.Number());
        return new DigestKey(
            new WorkKind(
                texts[definition], version, texts[step], texts[role].Length == 0 ? null : texts[role], MonthSheet.Value(priority)),
            groups[group]);
    }
}

/// <summary>A digest as it stands in the table.</summary>
/// <param name="Cases">By what, of what, there last before in which month, how many.</param>
sealed record StoredDigest(StoredDigest.Cell[] Cells, List<(CasesBy By, DigestKey Key, int Before, long Number)> Cases)
{
    public sealed record Cell(DigestKey Key, long[] Counts, ReadOnlyMemory<byte>[] Spreads)
    {
        public ReadOnlySpan<byte> Spread(int index) => Spreads[index].Span;
    }
}
