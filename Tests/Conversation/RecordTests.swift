import Conversation
import JSON
import Testing

@Suite struct RecordTests {
    @Test("a derived id is the same for the same cause, step and index, and differs otherwise")
    func derivedIDs() {
        let id = RecordID.derived(from: "wamid.A", by: "retrieval/0", index: 0)
        #expect(id == RecordID.derived(from: "wamid.A", by: "retrieval/0", index: 0))
        #expect(id.rawValue.count == 32)
        let others: Set = [
            id, .derived(from: "wamid.A", by: "retrieval/0", index: 1),
            .derived(from: "wamid.A", by: "retrieval/1", index: 0),
            .derived(from: "wamid.B", by: "retrieval/0", index: 0),
        ]
        #expect(others.count == 4)
    }

    /// Vectors of the reference implementation's `MurmurHash3_x64_128`, seed 0.
    @Test(
        "the name hash is MurmurHash3",
        arguments: [
            ("", "00000000000000000000000000000000"),
            ("hello", "cbd8a7b341bd9b025b1e906a48ae1d19"),
            (
                "The quick brown fox jumps over the lazy dog",
                "e34bbc7bbc071b6c7a433ca9c49a9347"
            ),
        ])
    func nameHash(text: String, digits: String) {
        #expect(NameHash.hex(text) == digits)
    }

    @Test(
        "a timestamp is written as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (1_795_255_199_999, "2026-11-21T09:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func rfc3339(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test(
        "a moment that cannot be reckoned with is refused",
        arguments: [
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (253_402_300_800_000, nil),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, nil),
            (.max, nil), (.min, nil),
        ] as [(Int64, String?)])
    func absurdMoments(milliseconds: Int64, text: String?) throws {
        let json = Array("[\(milliseconds)]".utf8)
        guard let text else {
            #expect(throws: RecordError.self) {
                try RecordCodec.decode([Timestamp].self, from: json)
            }
            return
        }
        let moment = try #require(RecordCodec.decode([Timestamp].self, from: json).first)
        #expect(moment.rfc3339 == text)
        #expect((moment + .seconds(8 * 86_400)).since(moment) == .seconds(8 * 86_400))
    }

    static let contents: [MessageContent] = [
        .text("¿A qué hora abren? 🕐"), .image(Media(id: "1", mediaType: "image/jpeg")),
        .video(Media(id: "2", caption: "look")), .audio(Media(id: "3", voice: true)),
        .document(Media(id: "4", filename: "a.pdf")), .sticker(Media(id: "5", animated: false)),
        .location(Location(latitude: 41.4, longitude: 2.17, name: "Here")),
        .contacts(RawJSON("[{}]")), .reaction(to: "wamid.X", emoji: "👍"),
        .reaction(to: "wamid.X", emoji: nil), .button(text: "Yes", payload: "YES"),
        .choice(id: "r1", title: "Row", description: nil),
        .flow(name: "flow", response: "not json"),
        .callPermission(response: "accept", raw: RawJSON("{}")),
        .order(text: nil, raw: RawJSON("{}")),
        .system(kind: "user_changed_number", body: "b", raw: RawJSON("{}")),
        .edit(of: "wamid.X", text: "new", raw: RawJSON("{}")), .revoke(of: "wamid.X"),
        .unsupported(kind: "poll_creation", errors: [PlatformError(code: 131_051)]),
        .other(type: "hologram", raw: RawJSON(#"{"x":1}"#)),
    ]

    @Test("every kind of content survives the log", arguments: contents)
    func contentRoundTrip(content: MessageContent) throws {
        let bytes = try RecordCodec.encode(content)
        #expect(try RecordCodec.decode(MessageContent.self, from: bytes) == content)
    }

    @Test("an embedding survives the log to the bit")
    func embedding() throws {
        let vector = Embedding([0, -0.5, .pi, .leastNormalMagnitude])
        let bytes = try RecordCodec.encode(vector)
        #expect(try RecordCodec.decode(Embedding.self, from: bytes) == vector)
    }

    @Test("unknown fields are passed over, a missing one is named without the value")
    func leniency() throws {
        let extra = Array(#"{"code":1,"title":"t","surprise":{"a":[1]}}"#.utf8)
        #expect(try RecordCodec.decode(PlatformError.self, from: extra).code == 1)
        let broken = Array(#"{"title":"secret words"}"#.utf8)
        let error = #expect(throws: RecordError.self) {
            try RecordCodec.decode(PlatformError.self, from: broken)
        }
        #expect(error?.problem.contains("code") == true)
        #expect(error?.problem.contains("secret") == false)
    }

    @Test(
        "the window is open for 24 hours after the customer's message, less a margin",
        arguments: [(0, true), (82_800, true), (86_340, false), (90_000, false)] as [(Int64, Bool)])
    func window(seconds: Int64, open: Bool) {
        let anchor = Timestamp(seconds: 1_795_000_000)
        let policy = SendingPolicy(lastWrote: anchor)
        let now = anchor + .seconds(seconds)
        #expect(policy.isWindowOpen(at: now) == open)
        #expect(policy.refusal(of: .text("Hi"), at: now) == (open ? nil : .windowClosed))
        let template = OutboundContent(.template(TemplateMessage(name: "a", language: "en")))
        #expect(policy.refusal(of: template, at: now) == nil)
        #expect(SendingPolicy(lastWrote: nil).refusal(of: .text("Hi"), at: now) == .neverWrote)
        #expect(SendingPolicy(lastWrote: nil).refusal(of: template, at: now) == nil)
    }
}
