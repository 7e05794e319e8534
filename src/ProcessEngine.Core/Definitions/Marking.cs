namespace ProcessEngine.Core.Definitions;

/// <summary>A set of places.</summary>
sealed class Marking(int places) : IEquatable<Marking>
{
    readonly ulong[] words = new ulong[(places + 63) / 64];

    public bool IsEmpty => Array.TrueForAll(words, w => w == 0);
    public bool Has(int place) => (words[place / 64] & (1UL << (place % 64))) != 0;
    public void Set(int place) => words[place / 64] |= 1UL << (place % 64);
    public void Clear(int place) => words[place / 64] &= ~(1UL << (place % 64));

    public void Add(Marking mask)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] |= mask.words[i];
    }

    public bool HasAll(Marking mask)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if ((words[i] & mask.words[i]) != mask.words[i])
                return false;
        }

        return true;
    }

    public void Remove(Marking mask)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] &= ~mask.words[i];
    }

    public Marking Copy()
    {
        var copy = new Marking(words.Length * 64);
        words.CopyTo(copy.words, 0);
        return copy;
    }

    public bool Equals(Marking? other) => other is not null && words.AsSpan().SequenceEqual(other.words);
    public override bool Equals(object? obj) => Equals(obj as Marking);

    public override int GetHashCode()
    {
        var hash = 17UL;
        foreach (var word in words)
            hash = ((hash * 0x9E3779B97F4A7C15) ^ word) * 0xBF58476D1CE4E5B9;
        return (int)(hash ^ (hash >> 32));
    }
}
