import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Rewrites the classes of a jar that are older than Java 6 as those of Java 8. The start-up cache of
 * Java 25 takes no older ones: they are read, and verified in the old and slow way, at every start.
 * Run by the launcher as it stands, {@code java AsJava8.java JAR}; the jar is replaced as a whole.
 */
class AsJava8 {
  private static final int JAVA_6 = 50;

  public static void main(String[] args) throws IOException {
    Path jar = Path.of(args[0]);
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()});
        FileSystem files = FileSystems.newFileSystem(jar)) {
      ClassFile format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)));
      List<Path> classes;
      try (Stream<Path> all = Files.walk(files.getPath("/"))) {
        classes = all.filter(file -> file.toString().endsWith(".class")).toList();
      }
      for (Path file : classes) {
        ClassModel old = format.parse(Files.readAllBytes(file));
        if (old.majorVersion() < JAVA_6) {
          byte[] rewritten =
              format.transformClass(
                  old,
                  ((ClassTransform)
                          (builder, element) ->
                              builder.with(
                                  element instanceof ClassFileVersion
                                      ? ClassFileVersion.of(ClassFile.JAVA_8_VERSION, 0)
                                      : element))
                      .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
          Files.write(file, rewritten);
        }
      }
    }
  }
}
