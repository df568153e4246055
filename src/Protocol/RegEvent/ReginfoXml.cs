using System.Globalization;
using System.Text;
using System.Xml;

namespace UeFarm.Protocol.RegEvent;

/// <summary>Reads and writes application/reginfo+xml. Reading takes no document type, no entities and nothing large or deep.</summary>
public static class ReginfoXml
{
    /// <summary>A document in bytes.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 8;
    private const int MaxEntries = 64;
    private const int MaxTextLength = 1024;
    private const string Namespace = "urn:ietf:params:xml:ns:reginfo";

    private static readonly XmlReaderSettings ReaderSettings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
    };

    private static readonly XmlWriterSettings WriterSettings = new() { Encoding = new UTF8Encoding(false) };

    public static byte[] Write(Reginfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        using var stream = new MemoryStream();
        using (var writer = XmlWriter.Create(stream, WriterSettings))
        {
            writer.WriteStartElement("reginfo", Namespace);
            writer.WriteAttributeString("version", info.Version.ToString(CultureInfo.InvariantCulture));
            writer.WriteAttributeString("state", info.IsFull ? "full" : "partial");
            foreach (var registration in info.Registrations)
            {
                writer.WriteStartElement("registration", Namespace);
                writer.WriteAttributeString("aor", registration.AddressOfRecord);
                writer.WriteAttributeString("id", registration.Id);
                writer.WriteAttributeString("state", NameOf(registration.State));
                foreach (var contact in registration.Contacts)
                {
                    writer.WriteStartElement("contact", Namespace);
                    writer.WriteAttributeString("id", contact.Id);
                    writer.WriteAttributeString("state", contact.IsActive ? "active" : "terminated");
                    writer.WriteAttributeString("event", NameOf(contact.Event));
                    writer.WriteElementString("uri", Namespace, contact.Uri);
                    writer.WriteEndElement();
                }

                writer.WriteEndElement();
            }
        }

        return stream.ToArray();
    }

    /// <summary>False: the problem in a few words.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> document, out Reginfo? info, out string problem)
    {
        info = null;
        if (document.Length > MaxBytes)
        {
            problem = "too large";
            return false;
        }

        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document.ToArray(), false), ReaderSettings);
            return TryRead(reader, out info, out problem);
        }
        catch (XmlException)
        {
            problem = "not well-formed, or of a kind that is not taken";
            return false;
        }
    }

    private static bool TryRead(XmlReader reader, out Reginfo? info, out string problem)
    {
        info = null;
        var registrations = new List<ReginfoRegistration>();
        var contacts = new List<ReginfoContact>();
        var path = new string[MaxDepth];
        (uint Version, bool IsFull)? root = null;
        while (reader.Read())
        {
            if (reader.Depth >= MaxDepth || registrations.Count > MaxEntries || contacts.Count > MaxEntries)
            {
                problem = "too deep or too many";
                return false;
            }

            if (reader.NodeType == XmlNodeType.Element)
            {
                path[reader.Depth] = reader.NamespaceURI == Namespace ? reader.LocalName : string.Empty;
                var isRead = (reader.Depth, path[reader.Depth]) switch
                {
                    (0, _) => path[0] == "reginfo" && TryReadRoot(reader, out root),
                    (1, "registration") => TryReadRegistration(reader, registrations, contacts = []),
                    (2, "contact") when path[1] == "registration" => TryReadContact(reader, contacts),
                    _ => true,
                };
                if (!isRead)
                {
                    problem = $"no {(reader.Depth == 0 ? "reginfo" : path[reader.Depth])} as it must be";
                    return false;
                }
            }
            else if (reader is { NodeType: XmlNodeType.Text or XmlNodeType.CDATA, Depth: 4 } && path[3] == "uri" && path[2] == "contact" && contacts.Count > 0)
            {
                var uri = contacts[^1].Uri + reader.Value.Trim();
                contacts[^1] = contacts[^1] with { Uri = uri.Length <= MaxTextLength ? uri : string.Empty };
            }
        }

        info = new Reginfo(root!.Value.Version, root.Value.IsFull, registrations);
        problem = string.Empty;
        return true;
    }

    private static bool TryReadRoot(XmlReader reader, out (uint Version, bool IsFull)? root)
    {
        root = null;
        var state = reader.GetAttribute("state");
        if (state is "full" or "partial" && uint.TryParse(reader.GetAttribute("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            root = (version, state == "full");
        }

        return root is not null;
    }

    private static bool TryReadRegistration(XmlReader reader, List<ReginfoRegistration> registrations, List<ReginfoContact> contacts)
    {
        RegistrationState? state = reader.GetAttribute("state") switch
        {
            "init" => RegistrationState.Init,
            "active" => RegistrationState.Active,
            "terminated" => RegistrationState.Terminated,
            _ => null,
        };
        if (reader.GetAttribute("aor") is not { Length: > 0 and <= MaxTextLength } aor || state is null)
        {
            return false;
        }

        registrations.Add(new ReginfoRegistration(aor, reader.GetAttribute("id") ?? string.Empty, state.Value, contacts));
        return true;
    }

    private static bool TryReadContact(XmlReader reader, List<ReginfoContact> contacts)
    {
        // What a later version of the package calls an event is still one.
        var happened = Enum.GetValues<ContactEvent>().FirstOrDefault(each => NameOf(each) == reader.GetAttribute("event"), ContactEvent.Registered);
        if (reader.GetAttribute("state") is not ("active" or "terminated") || reader.GetAttribute("id") is not { } id)
        {
            return false;
        }

        contacts.Add(new ReginfoContact(id, reader.GetAttribute("state") == "active", happened, string.Empty));
        return true;
    }

    private static string NameOf(RegistrationState state) => state switch
    {
        RegistrationState.Init => "init",
        RegistrationState.Active => "active",
        _ => "terminated",
    };

    private static string NameOf(ContactEvent happened) => happened switch
    {
        ContactEvent.Registered => "registered",
        ContactEvent.Created => "created",
        ContactEvent.Refreshed => "refreshed",
        ContactEvent.Shortened => "shortened",
        ContactEvent.Expired => "expired",
        ContactEvent.Deactivated => "deactivated",
        ContactEvent.Probation => "probation",
        ContactEvent.Unregistered => "unregistered",
        _ => "rejected",
    };
}
