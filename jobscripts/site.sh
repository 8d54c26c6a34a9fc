# The settings of this site: the one file to edit. A value in the environment of sbatch goes before.
# Read by all job scripts; PSTM_SITE=/path/to/other.sh names another one.

# module load openmpi hdf5 fftw

PSTM=${PSTM:-pstm} # the program; an absolute path, or found by PATH on the compute nodes

# How ranks are started: mpirun, or srun (which needs PMIx in Slurm: `srun --mpi=list`).
PSTM_LAUNCHER=${PSTM_LAUNCHER:-mpirun}

# Where ranks may run. mpirun binds a rank to one core by default, with all its threads, and knows nothing of
# other jobs on the node: so no binding where nodes are shared. For whole nodes with a rank per socket:
#   PSTM_MPIRUN="--map-by ppr:1:socket --bind-to socket"
PSTM_MPIRUN=${PSTM_MPIRUN:---bind-to none}
PSTM_SRUN=${PSTM_SRUN:---mpi=pmix --cpu-bind=cores}

# MPI-IO in Open MPI: its own (ompio) fails on some parallel file systems; romio is the way out.
# export PSTM_MPI_IO=romio
