import Conversation
import Endpoints
import HTTPServer
import WebSocket

/// One page's open socket: what it listens to in, changes out.
struct LiveSession: Sendable {
    /// What the codes of closing mean.
    enum Code {
        /// The session has ended: connecting again makes no sense.
        static let ended: UInt16 = 4_001
        /// Nobody was named, or by a token that is used or too old.
        static let unknown: UInt16 = 4_003
        /// Come back: the console cannot answer now, or the reader was too slow.
        static let later: UInt16 = 1_013
        /// What was sent is against the rules.
        static let policy: UInt16 = 1_008
    }

    let hub: LiveHub
    let access: any LiveAccess
    let tokens: LiveTokens
    /// Who opened the socket, where a cookie or key said so.
    let opener: LiveCaller?

    private var limits: LiveLimits { hub.limits }

    /// Serves until the socket closes.
    func run(_ connection: WebSocketConnection) async {
        guard hub.opened() else {
            return await leave(connection, "busy", Code.later, after: limits.slowPauseSeconds)
        }
        defer { hub.closed() }
        var messages = connection.messages.makeAsyncIterator()
        let wait = limits.helloWait
        let patience = Task {
            // A cancelled sleep means that it was said who opens the socket.
            guard (try? await Task.sleep(for: wait)) != nil else { return }
            connection.close(code: Code.unknown, reason: "nobody said hello")
        }
        let first = await messages.next()
        patience.cancel()
        guard let first else { return }
        guard let hello = Self.request(first), hello.type == "hello", hello.isBounded else {
            return await leave(connection, "bad_request", Code.policy)
        }
        guard hello.version == LiveRequest.version else {
            return await leave(connection, "protocol", Code.policy)
        }
        let known = hello.token.map { tokens.redeem($0, at: hub.now()) } ?? opener
        guard let known else { return await leave(connection, "ticket", Code.unknown) }
        var caller = known
        do throws(Problem) {
            caller.principal = try await access.present(
                known.principal, knownBy: known.request)
        } catch {
            return close(connection, because: error)
        }
        await serve(connection, caller, hello, &messages)
    }

    private func serve(
        _ connection: WebSocketConnection, _ caller: LiveCaller, _ hello: LiveRequest,
        _ messages: inout WebSocketMessages.Iterator
    ) async {
        let (signals, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var seat = LiveHub.Seat(
            caller: caller, interests: [:], outbox: LiveOutbox(limits: limits),
            wake: { signal.yield() },
            close: { connection.close(code: $0, reason: $1) })
        var refused: [(LiveInterest, code: String)] = []
        for interest in hello.rooms ?? [] {
            let room = hub.rooms[interest.room]
            if let code = await refusal(of: interest, room, to: seat) {
                refused.append((interest, code))
            } else if let room {
                seat.interests[interest] = room
            }
        }
        let (number, cursor) = hub.join(seat, after: hello.cursor)
        defer {
            hub.leave(number)
            signal.finish()
        }
        await send(.welcome(cursor, at: hub.now(), refused: refused), connection)
        signal.yield()
        let teller = Task { await tell(connection, number, signals) }
        let every = limits.recheck
        let clock = Task {
            // A cancelled sleep means that the socket is closed.
            while (try? await Task.sleep(for: every)) != nil { signal.yield() }
        }
        var pace = Pace(limits: limits)
        while let message = await messages.next() {
            guard pace.allows(at: hub.now()) else {
                await leave(connection, "too_many_requests", Code.policy)
                break
            }
            await obey(message, connection, number)
        }
        clock.cancel()
        teller.cancel()
        signal.finish()
        await teller.value
    }

    private func refusal(
        of interest: LiveInterest, _ room: LiveRoom?, to seat: LiveHub.Seat
    ) async -> String? {
        if let code = await access.refusal(of: interest, room, to: seat.principal) { return code }
        return seat.interests.count < limits.rooms ? nil : "too_many"
    }

    // MARK: What comes in

    private static func request(_ message: WebSocketMessage) -> LiveRequest? {
        guard case .text(let text) = message else { return nil }
        do throws(RecordError) {
            return try RecordCodec.decode(LiveRequest.self, from: Array(text.utf8))
        } catch {
            return nil
        }
    }

    private func obey(
        _ message: WebSocketMessage, _ connection: WebSocketConnection, _ number: Int
    ) async {
        guard let request = Self.request(message), request.isBounded else {
            return await send(
                .refused(nil, code: "bad_request", detail: "this is not understood"), connection)
        }
        if request.type == "ping" {
            hub.change(number) {
                $0.outbox.ping()
                $0.wake()
            }
            return
        }
        guard let id = request.cmdId, ["subscribe", "unsubscribe"].contains(request.type),
            let name = request.room
        else {
            return await send(
                .refused(
                    request.cmdId, code: "bad_request",
                    detail: "commands are ping, subscribe and unsubscribe, the latter with cmdId "
                        + "and room"), connection)
        }
        let interest = LiveInterest(name, of: request.tenant)
        let isWanted = request.type == "subscribe"
        var code: String?
        if isWanted, let seat = hub.seat(number) {
            code = await refusal(of: interest, hub.rooms[name], to: seat)
        }
        let cursor = hub.change(number) { seat in
            if code == nil { seat.interests[interest] = isWanted ? hub.rooms[name] : nil }
        }
        if let code {
            await send(
                .refused(id, code: code, detail: "this room is not open to you"), connection)
        } else {
            await send(.accepted(id, cursor), connection)
        }
    }

    // MARK: What goes out

    /// Tells what changes, in bounded frames, gathered for a moment; whether each may be told is
    /// asked again before it is.
    private func tell(
        _ connection: WebSocketConnection, _ number: Int, _ signals: AsyncStream<Void>
    ) async {
        for await _ in signals {
            // A cancelled sleep means that the socket is closed.
            guard (try? await Task.sleep(for: limits.gathering)) != nil else { return }
            do throws(Problem) {
                for closed in try await recheck(number) { await send(closed, connection) }
            } catch {
                return close(connection, because: error)
            }
            guard let (taken, cursor) = hub.take(number) else { return }
            if taken.isReset {
                await send(.reset(cursor), connection)
            } else {
                let heard = hub.heard(taken.events, by: number)
                for frame in LiveMessage.frames(heard, hub.cursor(at:), limits) {
                    await send(frame, connection)
                }
            }
            for _ in 0..<taken.pings { await send(.pong(cursor), connection) }
            hub.change(number) { $0.outbox.sent() }
        }
    }

    /// Looks again who it is and what they may; the rooms that are theirs no more are closed.
    private func recheck(_ number: Int) async throws(Problem) -> [LiveMessage] {
        guard let seat = hub.seat(number) else { return [] }
        let principal = try await access.present(
            seat.principal, knownBy: seat.caller.request)
        var closed: [LiveMessage] = []
        for (interest, room) in seat.interests {
            guard let code = await access.refusal(of: interest, room, to: principal) else {
                continue
            }
            closed.append(.closed(interest, code: code))
            hub.change(number) { $0.interests[interest] = nil }
        }
        hub.change(number) { $0.caller.principal = principal }
        return closed
    }

    private func send(_ message: LiveMessage, _ connection: WebSocketConnection) async {
        do throws(WebSocketError) {
            try await connection.send(message.message)
        } catch {
            // It is closed: the reader ends the session.
        }
    }

    private func leave(
        _ connection: WebSocketConnection, _ code: String, _ number: UInt16, after seconds: Int = 1
    ) async {
        await send(.goodbye(code: code, retryAfter: seconds), connection)
        connection.close(code: number, reason: code)
    }

    private func close(_ connection: WebSocketConnection, because problem: Problem) {
        if problem.kind.status == 401 {
            connection.close(code: Code.ended, reason: "the session has ended")
        } else {
            connection.close(code: Code.later, reason: problem.kind.code)
        }
    }

    /// How often a page may say something.
    private struct Pace {
        let limits: LiveLimits
        private var count = 0
        private var since = Timestamp(milliseconds: 0)

        init(limits: LiveLimits) { self.limits = limits }

        mutating func allows(at now: Timestamp) -> Bool {
            if now.since(since) >= limits.messageWindow {
                since = now
                count = 0
            }
            count += 1
            return count <= limits.messages
        }
    }
}
