/// The bounds of live updates, all in one place.
package struct LiveLimits: Sendable {
    /// How long a change is kept for those who come back.
    package var kept = Duration.seconds(15 * 60)
    /// How many changes are kept.
    package var keptEvents = 20_000
    /// Bytes of a frame that holds several changes.
    package var usualFrameBytes = 16 * 1024
    /// Bytes of any frame: what is larger is told without its content.
    package var mostFrameBytes = 64 * 1024
    /// Changes that may wait for one reader.
    package var waitingEvents = 256
    /// Bytes of changes that may wait for one reader.
    package var waitingBytes = 1024 * 1024
    /// How long changes are gathered before they go out together.
    package var gathering = Duration.milliseconds(50)
    /// How long a socket may take to say who opens it.
    package var helloWait = Duration.seconds(10)
    /// How often it is asked anew whether whoever listens still may, while nothing happens.
    package var recheck = Duration.seconds(15)
    /// Rooms that one socket listens to.
    package var rooms = 32
    /// Messages that a socket may send within ``messageWindow``.
    package var messages = 60
    /// The time in which ``messages`` count.
    package var messageWindow = Duration.seconds(10)
    /// How long a one-use token opens a socket.
    package var tokenLife = Duration.seconds(30)
    /// Unused tokens kept; older ones go first.
    package var tokens = 10_000
    /// Sockets open at once.
    package var sockets = 5_000
    /// Seconds after which a reader who was too slow may come back.
    package var slowPauseSeconds = 5

    /// The usual bounds.
    package init() {}
}
