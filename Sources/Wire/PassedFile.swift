internal import Glibc

/// A descriptor that came over a socket; closed when nobody needs it any more.
package final class PassedFile: Sendable {
    package let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
