package dev.interlock.langchain4j;

import dev.interlock.core.machine.Principal;
import java.time.Instant;

/**
 * For whom and under which key a tool is called. A {@code @Tool} method that has a parameter of
 * this type is given it; the model neither sees nor chooses it.
 *
 * <pre>{@code
 * @Tool("Resets the password of the person who asks.")
 * Receipt resetPassword(CallContext call) {
 *   return directory.reset(call.caller().id(), call.key());
 * }
 * }</pre>
 *
 * @param tool {@code SERVER.TOOL}
 * @param caller the authenticated person that the instance acts for, with roles
 * @param instance the id of the instance
 * @param key the idempotency key: the same at each attempt of one call, and of no other call
 * @param deadline after it nobody waits for the answer, and the thread is interrupted
 */
public record CallContext(
    String tool, Principal caller, String instance, String key, Instant deadline) {}
