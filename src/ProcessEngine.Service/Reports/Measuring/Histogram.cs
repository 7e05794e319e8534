namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>How often each whole number from 0 on came: as long as there are different ones, however often each.</summary>
sealed class Histogram
{
    /// <summary>So many are kept as they come, before places are laid out for all.</summary>
    const int Few = 32;

    /// <summary>From here on a number has no place of its own.</summary>
    const int Far = 1 << 14;

    (int Value, long Count)[] few = [];
    int used;
    long[]? near;
    Dictionary<int, long>? far;

    public long Total { get; private set; }

    public void Add(int value, long count = 1)
    {
        Total += count;
        if (near is not null)
        {
            Place(value, count);
            return;
        }

        if (used == Few)
        {
            near = new long[64];
            foreach (var (known, times) in few)
                Place(known, times);
            few = [];
            Place(value, count);
            return;
        }

        if (used == few.Length)
            Array.Resize(ref few, Math.Max(4, used * 2));
        few[used++] = (value, count);
    }

    void Place(int value, long count)
    {
        if (value >= Far)
        {
            far ??= [];
            far[value] = far.GetValueOrDefault(value) + count;
            return;
        }

        if (value >= near!.Length)
            Array.Resize(ref near, Math.Min(Far, Math.Max(value + 1, near.Length * 2)));
        near[value] += count;
    }

    /// <summary>Each number with how often it came, in order.</summary>
    public IEnumerable<(int Value, long Count)> InOrder()
    {
        if (near is null)
        {
            foreach (var same in few.Take(used).GroupBy(f => f.Value).OrderBy(g => g.Key))
                yield return (same.Key, same.Sum(f => f.Count));
            yield break;
        }

        for (var value = 0; value < near.Length; value++)
        {
            if (near[value] > 0)
                yield return (value, near[value]);
        }

        foreach (var (value, count) in (far ?? []).OrderBy(f => f.Key))
            yield return (value, count);
    }

    /// <summary>What half, and nine tenths, do not pass, by the nearest rank; null of nothing.</summary>
    public Percentiles? Percentiles()
    {
        if (Total == 0)
            return null;
        var (half, most) = ((Total + 1) / 2, ((Total * 9) + 9) / 10);
        var (seen, median) = (0L, -1);
        foreach (var (value, count) in InOrder())
        {
            seen += count;
            if (median < 0 && seen >= half)
                median = value;
            if (seen >= most)
                return new Percentiles(median, value);
        }

        throw new InvalidOperationException("There are fewer than were counted.");
    }

    /// <summary>Each by its distance from the one before, whose lowest bit says that how often follows: it is more than once.</summary>
    public void Write(BinaryWriter into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var before = 0;
        foreach (var (value, count) in InOrder())
        {
            into.Write7BitEncodedInt64(((long)(value - before) << 1) | (count > 1 ? 1L : 0L));
            if (count > 1)
                into.Write7BitEncodedInt64(count);
            before = value;
        }
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    public void Read(ReadOnlySpan<byte> bytes)
    {
        var from = new PackedReader(bytes);
        var value = 0;
        while (!from.AtEnd)
        {
            var step = from.Long();
            value += (int)(step >> 1);
            Add(value, (step & 1) == 0 ? 1 : from.Long());
        }
    }
}
