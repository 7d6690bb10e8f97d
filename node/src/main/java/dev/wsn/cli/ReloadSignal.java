package dev.wsn.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from SIGHUP to a server that reads its configuration again. Until somebody listens,
 * SIGHUP ends the process, as everywhere. Thread-safe.
 */
final class ReloadSignal {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadSignal.class);

  private final boolean isOfProcess;
  private Runnable action = () -> {};

  /**
   * A signal.
   *
   * @param isOfProcess whether SIGHUP of this process is meant, or only {@link #request}
   */
  ReloadSignal(boolean isOfProcess) {
    this.isOfProcess = isOfProcess;
  }

  /** Says what to do; the actions of two requests do not overlap. */
  synchronized void onRequest(Runnable reload) {
    action = reload;
    if (isOfProcess) {
      install();
    }
  }

  /** Does it now. */
  synchronized void request() {
    action.run();
  }

  /** By reflection, because the compiler warns of every use, and systems without SIGHUP exist. */
  private void install() {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler react =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              request();
              return null;
            }
            return switch (method.getName()) {
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == arguments[0];
              default -> "reload";
            };
          };
      Object listener =
          Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {handler}, react);
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      Object unused = signal.getMethod("handle", signal, handler).invoke(null, hangUp, listener);
    } catch (ReflectiveOperationException | IllegalArgumentException absent) {
      LOG.debug("no SIGHUP here", absent);
    }
  }
}
