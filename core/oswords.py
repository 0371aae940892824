"""Why the operating system refused, in the person's language: its own words are in one language, whatever Unfold speaks."""

from __future__ import annotations

import errno

from core.words import Text

KNOWN = {
    errno.ENOENT: Text("there is no such file or folder", "no existe ese archivo o carpeta"),
    errno.EEXIST: Text("something of that name is there already", "ya existe algo con ese nombre"),
    errno.EACCES: Text("permission is missing", "falta el permiso"),
    errno.EPERM: Text("the system does not allow it", "el sistema no lo permite"),
    errno.EROFS: Text("that disk can only be read", "ese disco es de solo lectura"),
    errno.EISDIR: Text("it is a folder", "es una carpeta"),
    errno.ENOTDIR: Text("a part of the path is a file, not a folder", "una parte de la ruta es un archivo, no una carpeta"),
    errno.ENOTEMPTY: Text("the folder is not empty", "la carpeta no está vacía"),
    errno.ENAMETOOLONG: Text("the name is too long", "el nombre es demasiado largo"),
    errno.EINVAL: Text("that kind of file or name is not taken there", "ahí no se admite ese tipo de archivo o de nombre"),
    errno.ELOOP: Text("its links lead in a circle", "sus enlaces forman un círculo"),
    errno.ENOSPC: Text("no space is left on the disk", "no queda espacio en el disco"),
    errno.EDQUOT: Text("your share of the disk is used up", "su cuota del disco está agotada"),
    errno.EFBIG: Text("the file would be larger than the disk takes", "el archivo supera lo que admite el disco"),
    errno.EIO: Text("the disk, or the way to it, failed", "falló el disco o el acceso a él"),
    errno.EBUSY: Text("another program is using it", "otro programa lo está usando"),
    errno.EMFILE: Text("too many files are open", "hay demasiados archivos abiertos"),
    errno.ENFILE: Text("too many files are open", "hay demasiados archivos abiertos"),
    errno.ENOMEM: Text("the memory is full", "la memoria está llena"),
    errno.EPIPE: Text("nobody reads it any more", "ya nadie lo lee"),
    errno.EXDEV: Text("it lies on another disk", "está en otro disco"),
    errno.ETIMEDOUT: Text("the disk did not answer in time", "el disco no respondió a tiempo"),
}  # fmt: skip
NUL = Text("a path cannot hold a zero byte", "una ruta no puede contener un byte nulo")


def reason(error: OSError | ValueError) -> Text:
    """What follows "could not be written: ". A ValueError is what Python raises at a path with a zero byte in it. What is
    not known here is said in the system's own words."""
    if isinstance(error, OSError):
        own = error.strerror or str(error) or type(error).__name__
        return KNOWN.get(error.errno or 0, Text(own, own))
    return NUL if "null" in str(error) else Text(str(error), str(error))


def short(error: OSError | ValueError) -> str:
    """The same for programs: ENOENT, the same in every language."""
    known = errno.errorcode.get(error.errno or 0) if isinstance(error, OSError) else None
    return known or type(error).__name__
