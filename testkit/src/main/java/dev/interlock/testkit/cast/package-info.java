/**
 * Models, people and tools that draw what they do from a generator: wild, patient or sincere ones.
 * Walks over machines and simulations are made of them.
 *
 * <p>Nothing here reads a clock or keeps state that others see: the same draws of the same instance
 * give the same. None of it is thread-safe.
 */
@NullMarked
package dev.interlock.testkit.cast;

import org.jspecify.annotations.NullMarked;
