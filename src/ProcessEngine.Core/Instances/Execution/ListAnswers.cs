using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ProcessEngine.Core.Definitions;
using ProcessEngine.Core.Instances.State;

namespace ProcessEngine.Core.Instances.Execution;

/// <summary>The answers to a step that is done for every entry of a list.</summary>
static class ListAnswers
{
    static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>How many of the tasks must be answered before the case goes on.</summary>
    public static int Needed(MultiInstance each, int size) => each.GoOn switch
    {
        GoOnRule.Percent => Math.Max(1, ((size * each.Percent) + 99) / 100),
        // What is not answered by the deadline is not waited for; before it, all are.
        GoOnRule.All or GoOnRule.Deadline => size,
    };

    /// <summary>What was answered, as JSON: one object with <c>item</c>, <c>by</c> and <c>answer</c> for each task that was done.</summary>
    public static string Collected(TaskGroup group)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            json.WriteStartArray();
            foreach (var answer in group.Answers)
            {
                json.WriteStartObject();
                json.WriteString("item", answer.Item);
                if (answer.By is { } by)
                    json.WriteString("by", by);
                json.WriteStartObject("answer");
                foreach (var (name, value) in answer.Outputs ?? ImmutableSortedDictionary<string, string>.Empty)
                {
                    json.WritePropertyName(name);
                    json.WriteRawValue(value);
                }

                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
