using System.Text;

namespace ProcessEngine.Service.Reports.Measuring;

/// <summary>Reads what <see cref="BinaryWriter"/> wrote: numbers of seven bits to a byte, the lowest first.</summary>
ref struct PackedReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> left = bytes;

    public readonly bool AtEnd => left.IsEmpty;

    public byte Byte()
    {
        var value = left[0];
        left = left[1..];
        return value;
    }

    public int Number() => left[0] < 0x80 ? Byte() : (int)Long();

    public long Long()
    {
        for (var (value, shift) = (0L, 0); ; shift += 7)
        {
            var next = Byte();
            value |= (next & 0x7FL) << shift;
            if (next < 0x80)
                return value;
        }
    }

    public string Text()
    {
        var length = Number();
        var text = Encoding.UTF8.GetString(left[..length]);
        left = left[length..];
        return text;
    }

    public Guid Id()
    {
        var id = new Guid(left[..16]);
        left = left[16..];
        return id;
    }
}
