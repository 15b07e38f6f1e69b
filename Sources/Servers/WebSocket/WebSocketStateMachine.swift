/// One end of a WebSocket connection, without IO: bytes in, actions out (RFC 6455).
package struct WebSocketStateMachine {
    /// What the owner of the connection has to do.
    package enum Action: Sendable, Equatable {
        /// Hand a message to the reader.
        case deliver(WebSocketMessage)
        /// Send bytes to the peer.
        case send([UInt8])
        /// A pong came; the peer lives.
        case pong
        /// Close the transport, after what was sent has left; nothing more will come.
        case disconnect(WebSocketClose)
    }

    private enum Phase {
        case open
        /// A Close was sent and is not answered yet.
        case closing
        case closed
    }

    private let role: WebSocketRole
    private let limits: WebSocketLimits
    private var phase = Phase.open
    private var decoder: FrameDecoder
    private var messageOpcode: Opcode?
    private var message: [UInt8] = []
    private var fragmentCount = 0
    private var validator = UTF8Validator()
    private var control: [UInt8] = []

    /// A connection just after its handshake.
    package init(role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits()) {
        self.role = role
        self.limits = limits
        decoder = FrameDecoder(role: role)
    }

    /// Whether messages may still be sent.
    package var isOpen: Bool { phase == .open }

    /// Takes bytes from the peer; after `disconnect` all further bytes are ignored.
    package mutating func receive(_ bytes: [UInt8]) -> [Action] {
        guard phase != .closed else { return [] }
        decoder.append(bytes)
        var actions: [Action] = []
        do throws(ProtocolFailure) {
            while phase != .closed, let part = try decoder.next() {
                try apply(part, &actions)
            }
        } catch {
            fail(error, &actions)
        }
        return actions
    }

    /// The frame of a message, or nil if the connection is closing.
    package func frame(_ message: WebSocketMessage) -> [UInt8]? {
        guard phase == .open else { return nil }
        switch message {
        case .text(let text): return encode(.text, Array(text.utf8))
        case .binary(let bytes): return encode(.binary, bytes)
        }
    }

    /// The frame of a ping with up to 125 bytes, or nil if the connection is closing.
    package func ping(_ payload: [UInt8] = []) -> [UInt8]? {
        phase == .open ? encode(.ping, Array(payload.prefix(125))) : nil
    }

    /// The frame that begins the closing handshake, or nil if it has begun.
    ///
    /// A code that must not be sent becomes 1000; a reason longer than 123 bytes is cut.
    package mutating func close(_ close: WebSocketClose) -> [UInt8]? {
        guard phase == .open else { return nil }
        phase = .closing
        return closeFrame(close)
    }

    private func encode(_ opcode: Opcode, _ payload: [UInt8]) -> [UInt8] {
        // Unpredictable, so that scripts cannot choose the bytes on the wire (RFC 6455, 10.3).
        FrameEncoder.encode(
            opcode, payload, mask: role == .client ? UInt32.random(in: 0 ... .max) : nil)
    }

    private func closeFrame(_ close: WebSocketClose) -> [UInt8] {
        let code = WebSocketClose.isSendable(close.code) ? close.code : 1_000
        var reason = Substring(close.reason)
        while reason.utf8.count > 123 { reason.removeLast() }
        return encode(
            .close, [UInt8(code >> 8), UInt8(truncatingIfNeeded: code)] + Array(reason.utf8))
    }

    private mutating func fail(_ failure: ProtocolFailure, _ actions: inout [Action]) {
        let close = WebSocketClose(code: failure.code, reason: failure.reason)
        if phase == .open { actions.append(.send(closeFrame(close))) }
        finish(close, &actions)
    }

    private mutating func finish(_ close: WebSocketClose, _ actions: inout [Action]) {
        phase = .closed
        message = []
        control = []
        actions.append(.disconnect(close))
    }

    private mutating func apply(_ part: FrameDecoder.Part, _ actions: inout [Action])
        throws(ProtocolFailure)
    {
        if part.header.opcode.isControl {
            control.append(contentsOf: part.bytes)
            guard part.isLast else { return }
            let payload = control
            control = []
            try takeControl(part.header.opcode, payload, &actions)
            return
        }
        if part.isFirst { try begin(part.header) }
        message.append(contentsOf: part.bytes)
        if messageOpcode == .text, !validator.accept(part.bytes.span) {
            throw ProtocolFailure(code: 1_007, reason: "text is not UTF-8")
        }
        if part.isLast, part.header.isFinal { try endMessage(&actions) }
    }

    private mutating func begin(_ header: FrameDecoder.Header) throws(ProtocolFailure) {
        if header.opcode == .continuation {
            guard messageOpcode != nil else {
                throw ProtocolFailure(code: 1_002, reason: "continuation of no message")
            }
            fragmentCount += 1
            guard fragmentCount <= limits.fragments else {
                throw ProtocolFailure(code: 1_009, reason: "too many fragments")
            }
        } else {
            guard messageOpcode == nil else {
                throw ProtocolFailure(code: 1_002, reason: "new message inside a message")
            }
            messageOpcode = header.opcode
            fragmentCount = 1
        }
        guard header.length <= limits.messageBytes - message.count else {
            throw ProtocolFailure(code: 1_009, reason: "message too big")
        }
    }

    private mutating func endMessage(_ actions: inout [Action]) throws(ProtocolFailure) {
        let bytes = message
        let isText = messageOpcode == .text
        guard !isText || validator.isComplete else {
            throw ProtocolFailure(code: 1_007, reason: "text ends inside a character")
        }
        message = []
        messageOpcode = nil
        validator = UTF8Validator()
        actions.append(
            .deliver(isText ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes)))
    }

    private mutating func takeControl(
        _ opcode: Opcode, _ payload: [UInt8], _ actions: inout [Action]
    ) throws(ProtocolFailure) {
        switch opcode {
        case .ping:
            if phase == .open { actions.append(.send(encode(.pong, payload))) }
        case .pong: actions.append(.pong)
        case .close: try takeClose(payload, &actions)
        case .continuation, .text, .binary: break
        }
    }

    private mutating func takeClose(_ payload: [UInt8], _ actions: inout [Action])
        throws(ProtocolFailure)
    {
        var close = WebSocketClose(code: 1_005)
        if !payload.isEmpty {
            guard payload.count >= 2 else {
                throw ProtocolFailure(code: 1_002, reason: "close payload of one byte")
            }
            let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard WebSocketClose.isSendable(code) else {
                throw ProtocolFailure(code: 1_002, reason: "invalid close code")
            }
            guard let reason = String(validating: payload[2...], as: UTF8.self) else {
                throw ProtocolFailure(code: 1_007, reason: "close reason is not UTF-8")
            }
            close = WebSocketClose(code: code, reason: reason)
        }
        if phase == .open {
            actions.append(.send(payload.isEmpty ? encode(.close, []) : closeFrame(close)))
        }
        finish(close, &actions)
    }
}
