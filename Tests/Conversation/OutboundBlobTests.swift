import Conversation
import Testing

@Suite("Files of what goes out")
struct OutboundBlobTests {
    private static let blob = BlobReference(sha256: "ab", mediaType: "image/png", size: 3)

    private static let contents: [OutboundContent] = [
        OutboundContent(.image(OutboundMedia(.blob(blob), caption: "x"))),
        OutboundContent(.video(OutboundMedia(.blob(blob)))),
        OutboundContent(.audio(OutboundMedia(.blob(blob), voice: true))),
        OutboundContent(.document(OutboundMedia(.blob(blob), filename: "a.pdf"))),
        OutboundContent(.sticker(OutboundMedia(.blob(blob))), quoting: "wamid.1"),
        OutboundContent(
            .interactive(
                InteractiveMessage(
                    "t", header: .document(.blob(blob), filename: "a.pdf"),
                    action: .buttons([ReplyButton(id: "1", title: "a")])))),
    ]

    @Test("are named wherever they stand, and replaced by WhatsApp's ids", arguments: contents)
    func replaced(_ content: OutboundContent) {
        #expect(content.blobs.map(\.blob) == [Self.blob])
        let ready = content.uploaded(as: ["ab": "77"])
        #expect(ready.blobs.isEmpty && ready.kind == content.kind)
        #expect(ready.quotes == content.quotes)
        #expect(ready != content)
        // Another file's id is no use.
        #expect(content.uploaded(as: ["cd": "77"]) == content)
    }

    @Test("are none where WhatsApp has them, or where there are words alone")
    func none() {
        let sent = OutboundContent(.image(OutboundMedia(.uploaded(id: "77"))))
        for content in [.text("hi"), sent] {
            #expect(content.blobs.isEmpty)
            #expect(content.uploaded(as: ["ab": "1"]) == content)
        }
    }
}
