/** How a command reaches an engine: its owner through the socket, or by becoming the owner. */
@NullMarked
package dev.interlock.cli.session;

import org.jspecify.annotations.NullMarked;
