package dev.interlock.core.machine;

import java.util.Map;

/** What holds in every state that is not an end. */
public record Anywhere(Map<String, Target> on, Over over) {}
