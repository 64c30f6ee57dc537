/*
 * Preloaded, it writes down everything that a process does to the files of one folder (DISK_FOLDER),
 * in the order in which it does it, and what it sends over sockets, into one file (DISK_TRACE): so
 * that a test can tell what a disk must still have at any moment. See DiskTrace.java, which reads it.
 *
 * A record: what, its length, which file, where in it, and so many bytes. The index in shared memory
 * (-shm) needs no durability and is left out.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FDS = 65536 };

struct record {
  char what;
  char unused[3];
  uint32_t length;
  uint64_t file;
  int64_t at;
};

static const char *folder;
static int trace = -1;
static uint64_t watched[FDS];
static char sockets[FDS];
static char folders[FDS];
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  const char *to = getenv("DISK_TRACE");
  folder = getenv("DISK_FOLDER");
  if (folder && to)
    trace = syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(char what, uint64_t file, int64_t at, const void *bytes, size_t length) {
  struct record record = {what, {0}, length, file, at};
  struct iovec parts[2] = {{&record, sizeof record}, {(void *) bytes, length}};
  int before = errno;
  if (syscall(SYS_writev, trace, parts, 2) != (long) (sizeof record + length)) abort();
  errno = before;
}

/* The name of a file within the folder; "" is the folder; null is none of ours. */
static const char *name(const char *path) {
  size_t length = trace < 0 || !path ? 0 : strlen(folder);
  if (length == 0 || strncmp(path, folder, length) != 0) return 0;
  if (path[length] == 0) return path + length;
  if (path[length] != '/') return 0;
  size_t all = strlen(path);
  return all > 4 && strcmp(path + all - 4, "-shm") == 0 ? 0 : path + length + 1;
}

static int known(int fd) { return trace >= 0 && fd >= 0 && fd < FDS; }

static int opening(const char *path, int flags, mode_t mode) {
  const char *inside = name(path);
  if (!inside) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_lock(&turn);
  struct stat state;
  int there = stat(path, &state) == 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (known(fd) && fstat(fd, &state) == 0) {
    watched[fd] = state.st_ino;
    folders[fd] = S_ISDIR(state.st_mode);
    if (!there) note('c', state.st_ino, 0, inside, strlen(inside));
    else if (flags & O_TRUNC) note('t', state.st_ino, 0, "", 0);
  }
  pthread_mutex_unlock(&turn);
  return fd;
}

#define MODE(flags, mode)                     \
  mode_t mode = 0;                            \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {    \
    va_list rest;                             \
    va_start(rest, flags);                    \
    mode = va_arg(rest, mode_t);              \
    va_end(rest);                             \
  }

int open(const char *path, int flags, ...) { MODE(flags, mode) return opening(path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return opening(path, flags, mode); }
int creat(const char *path, mode_t mode) { return opening(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int openat(int at, const char *path, int flags, ...) {
  MODE(flags, mode)
  return path[0] == '/' ? opening(path, flags, mode)
                        : syscall(SYS_openat, at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
  MODE(flags, mode)
  return path[0] == '/' ? opening(path, flags, mode)
                        : syscall(SYS_openat, at, path, flags, mode);
}

int close(int fd) {
  if (known(fd)) {
    watched[fd] = 0;
    sockets[fd] = 0;
    folders[fd] = 0;
  }
  return syscall(SYS_close, fd);
}

int connect(int fd, const struct sockaddr *to, socklen_t length) {
  if (known(fd) && (to->sa_family == AF_INET || to->sa_family == AF_INET6)) sockets[fd] = 1;
  return syscall(SYS_connect, fd, to, length);
}

static ssize_t writing(int fd, const void *bytes, size_t length, int64_t at) {
  pthread_mutex_lock(&turn);
  ssize_t written;
  if (at >= 0) {
    written = syscall(SYS_pwrite64, fd, bytes, length, at);
  } else {
    struct stat state;
    at = fcntl(fd, F_GETFL) & O_APPEND && fstat(fd, &state) == 0 ? state.st_size
                                                                 : lseek(fd, 0, SEEK_CUR);
    written = syscall(SYS_write, fd, bytes, length);
  }
  if (written > 0) note('w', watched[fd], at, bytes, written);
  pthread_mutex_unlock(&turn);
  return written;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (known(fd) && watched[fd]) return writing(fd, bytes, length, -1);
  if (known(fd) && sockets[fd]) note('n', 0, 0, bytes, length); /* before the first byte is out */
  return syscall(SYS_write, fd, bytes, length);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  return known(fd) && watched[fd] ? writing(fd, bytes, length, at)
                                  : syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  return pwrite(fd, bytes, length, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (known(fd) && (watched[fd] || sockets[fd])) /* a short write, which a caller goes on from */
    return count > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
  return syscall(SYS_writev, fd, parts, count);
}

int ftruncate(int fd, off_t length) {
  if (!known(fd) || !watched[fd]) return syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_ftruncate, fd, length);
  if (done == 0) note('t', watched[fd], length, "", 0);
  pthread_mutex_unlock(&turn);
  return done;
}

int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static int syncing(int fd, long how) {
  if (!known(fd) || !watched[fd]) return syscall(how, fd);
  pthread_mutex_lock(&turn);
  int done = syscall(how, fd);
  if (done == 0) note(folders[fd] ? 'd' : 's', watched[fd], 0, "", 0);
  pthread_mutex_unlock(&turn);
  return done;
}

int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

int unlink(const char *path) {
  const char *inside = name(path);
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (inside && done == 0) note('u', 0, 0, inside, strlen(inside));
  pthread_mutex_unlock(&turn);
  return done;
}

/* Both names, with a line's end between them. */
static void two(char what, const char *from, const char *to) {
  char names[8192];
  size_t first = strlen(from), second = strlen(to);
  if (first + second + 1 > sizeof names) abort();
  memcpy(names, from, first);
  names[first] = '\n';
  memcpy(names + first + 1, to, second);
  note(what, 0, 0, names, first + second + 1);
}

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (done == 0 && name(from) && name(to)) two('r', name(from), name(to));
  pthread_mutex_unlock(&turn);
  return done;
}

int link(const char *from, const char *to) {
  pthread_mutex_lock(&turn);
  int done = syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  if (done == 0 && name(from) && name(to)) two('l', name(from), name(to));
  pthread_mutex_unlock(&turn);
  return done;
}
