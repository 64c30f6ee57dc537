/** The tools of the IT access example, as an MCP server over stdio. */
@NullMarked
package dev.interlock.examples.itaccess;

import org.jspecify.annotations.NullMarked;
