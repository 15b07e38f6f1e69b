/// The bounds of the agents' sockets, all in one place.
package struct AgentLimits: Sendable {
    /// How long a change is kept for those who come back, and a desk's changes after the last agent
    /// left.
    package var kept = Duration.seconds(15 * 60)
    /// How many changes of a tenant are kept.
    package var keptEvents = 20_000
    /// Bytes of a tenant's changes that are kept.
    package var keptBytes = 32 * 1_048_576
    /// Bytes of a frame that holds several changes.
    package var usualFrameBytes = 16 * 1_024
    /// Bytes of changes that may wait for one reader; above, only the newest of each row goes out,
    /// and where that is too much, too, the reader begins anew.
    package var waitingBytes = 1_048_576
    /// Frames of changes that may wait for one reader.
    package var waitingFrames = 256
    /// Bytes that a socket may leave untaken before further changes wait for it.
    package var socketBytes = 128 * 1_024
    /// Bytes that a socket may leave untaken while it still hears what is soon over.
    package var lossyBytes = 8 * 1_024
    /// How long changes are gathered after others went out.
    package var gathering = Duration.milliseconds(50)
    /// How long a client may take to say hello.
    package var helloWait = Duration.seconds(10)
    /// Between two probes, and how many may stay without an answer.
    package var probePause = Duration.seconds(25)
    /// Probes in a row that may stay without an answer.
    package var missedProbes = 2
    /// How soon after a reset another one closes the socket.
    package var betweenResets = Duration.seconds(30)
    /// Seconds after which a reader who was too slow may come back.
    package var slowPauseSeconds = 5
    /// How long it counts that somebody writes or looks.
    package var signLife = Duration.seconds(10)
    /// Between two signs of one socket about the same thing.
    package var betweenSigns = Duration.milliseconds(500)
    /// Rows of the first page.
    package var firstRows = 50

    /// The usual bounds.
    package init() {}
}
