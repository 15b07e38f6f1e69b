/// A text message that is framed once and sent to many clients: servers mask nothing, so the bytes
/// are the same for all.
package struct SharedFrame: Sendable {
    /// The bytes on the wire.
    package let bytes: [UInt8]
    /// Bytes of the message itself.
    package let count: Int

    /// Frames a text message; `text` is UTF-8.
    package init(text: [UInt8]) {
        bytes = FrameEncoder.encode(.text, text, mask: nil)
        count = text.count
    }
}

extension WebSocketConnection {
    /// What became of a frame that was offered.
    package enum Offer: Sendable, Equatable {
        /// It is on its way.
        case accepted
        /// The peer reads too slowly: nothing was queued.
        case full
        /// The connection is closed or closing: nothing was queued.
        case closed
    }
}
